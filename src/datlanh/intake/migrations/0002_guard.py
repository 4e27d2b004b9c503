"""Evidence cannot be edited, payloads open to the scope only, nobody decides on his own report."""

from django.db import migrations

GUARD = """
call datlanh_make_append_only('intake_payload');

alter table intake_payload enable row level security;
alter table intake_payload force row level security;
create policy seen on intake_payload for select using (
  current_setting('datlanh.scope', true) = 'all'
  or organisation_id::text = any (string_to_array(current_setting('datlanh.scope', true), ',')));
create policy kept on intake_payload for insert with check (
  coalesce(current_setting('datlanh.actor', true), '') <> '');
revoke select on intake_payload from datlanh_reader;

-- What a report is as evidence never changes; what happens to it does.
create function intake_report_is_evidence() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a report is never deleted' using errcode = 'restrict_violation';
  end if;
  if (old.id, old.receipt, old.instance_id, old.form, old.version, old.organisation_id,
      old.author_id, old.received_at)
     is distinct from
     (new.id, new.receipt, new.instance_id, new.form, new.version, new.organisation_id,
      new.author_id, new.received_at)
     -- what it corrects is read with its form, which may be published after it came
     or (old.form_version_id is not null
         and (old.form_version_id, old.chain_id)
             is distinct from (new.form_version_id, new.chain_id))
     or (old.approved_once and (not new.approved_once or new.revision <> old.revision)) then
    raise exception 'a report is evidence: it is not edited' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger evidence before update or delete on intake_report
  for each row execute function intake_report_is_evidence();

-- Author, corrector and reporting organisation stay out of the decision: the same rule the
-- workflow table shows, held once more where nothing can pass it by.
create function register_decision_is_independent() returns trigger language plpgsql as $$
declare r record;
begin
  if new.kind in ('verified', 'exception') or new.report_id is null then
    return new;
  end if;
  select i.author_id, i.organisation_id, o.is_centre into r
    from intake_report i join organisations_organisation o on o.id = i.organisation_id
   where i.id = new.report_id;
  if r.author_id in (new.by_id, new.second_id) or exists (
       select from intake_payload p where p.report_id = new.report_id and p.revision > 0
        and p.made_by_id in (new.by_id, new.second_id)) then
    raise exception 'nobody decides on a report of his own' using errcode = 'check_violation';
  end if;
  if not r.is_centre and (new.by_organisation_id = r.organisation_id or exists (
       select from accounts_user u
        where u.id = new.second_id and u.organisation_id = r.organisation_id)) then
    raise exception 'the reporting organisation does not decide' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger independent before insert on register_decision
  for each row execute function register_decision_is_independent();

create index intake_report_record on intake_report (record_id) where record_id is not null;
create index intake_report_author on intake_report (author_id, id desc);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0001_tables"),
        ("register", "0002_guard"),
        ("organisations", "0001_initial"),
        ("accounts", "0001_initial"),
    ]
    operations = [migrations.RunSQL(GUARD, migrations.RunSQL.noop)]
