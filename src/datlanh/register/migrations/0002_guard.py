"""Decisions are only ever added; the person store opens to the acting user's right only."""

from django.db import migrations

GUARD = """
call datlanh_make_append_only('register_decision');

alter table register_person enable row level security;
alter table register_person force row level security;
create policy seen on register_person for select using (
  current_setting('datlanh.persons', true) = 'all'
  or organisation_id::text = any (string_to_array(current_setting('datlanh.persons', true), ',')));
create policy kept on register_person for insert with check (
  coalesce(current_setting('datlanh.actor', true), '') <> '');
create policy gone on register_person for delete using (
  current_setting('datlanh.persons', true) = 'all'
  or organisation_id::text = any (string_to_array(current_setting('datlanh.persons', true), ',')));

alter table register_personkey enable row level security;
alter table register_personkey force row level security;
create policy seen on register_personkey for select using (
  exists (select from register_person p where p.id = person_id));
create policy kept on register_personkey for insert with check (
  coalesce(current_setting('datlanh.actor', true), '') <> '');
create policy gone on register_personkey for delete using (
  exists (select from register_person p where p.id = person_id));
revoke update on register_person, register_personkey from datlanh_app;
revoke select on register_person, register_personkey from datlanh_reader;

create index register_claim_record on register_claim (record_id, report_id);
create index register_version_open_shape on register_version using gist (outline)
  where known_to is null and true_to is null;
"""


class Migration(migrations.Migration):
    dependencies = [("register", "0001_tables")]
    operations = [migrations.RunSQL(GUARD, migrations.RunSQL.noop)]
