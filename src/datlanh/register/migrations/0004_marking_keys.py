"""Marking keys are found by whoever sends or corrects a report, who may see no person.

Their rows hold nothing; what a mark is made from is wrapped by the master key, outside.
"""

from django.db import migrations

OPEN = """
drop policy seen on register_person;
create policy seen on register_person for select using (
  current_setting('datlanh.persons', true) = 'all'
  or organisation_id::text = any (string_to_array(current_setting('datlanh.persons', true), ','))
  or (purpose = 'mark' and coalesce(current_setting('datlanh.actor', true), '') <> ''));
alter table register_person add constraint register_person_mark_holds_nothing
  check (purpose <> 'mark' or octet_length(sealed) = 0);
"""

SHUT = """
alter table register_person drop constraint register_person_mark_holds_nothing;
drop policy seen on register_person;
create policy seen on register_person for select using (
  current_setting('datlanh.persons', true) = 'all'
  or organisation_id::text = any (string_to_array(current_setting('datlanh.persons', true), ',')));
"""


class Migration(migrations.Migration):
    dependencies = [("register", "0003_past_lists")]
    operations = [migrations.RunSQL(OPEN, SHUT)]
