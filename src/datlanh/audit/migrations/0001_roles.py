"""Three roles from the first migration: owner migrates, app works, reader reads."""

from django.db import migrations

ROLES = """
do $$
declare r text;
begin
  foreach r in array array['datlanh_owner', 'datlanh_app', 'datlanh_reader'] loop
    if not exists (select 1 from pg_roles where rolname = r) then
      execute format('create role %I nologin', r);
    end if;
  end loop;
end $$;

grant usage on schema public to datlanh_app, datlanh_reader;
grant select, insert, update, delete on all tables in schema public to datlanh_app;
grant usage, select on all sequences in schema public to datlanh_app;
grant select on all tables in schema public to datlanh_reader;
alter default privileges in schema public grant select, insert, update, delete on tables to datlanh_app;
alter default privileges in schema public grant usage, select on sequences to datlanh_app;
alter default privileges in schema public grant select on tables to datlanh_reader;

-- A table that is only ever added to: `call`ed by the migrations that make one.
create or replace function datlanh_append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

create or replace procedure datlanh_make_append_only(t regclass) language plpgsql as $$
begin
  execute format('create trigger append_only before update or delete on %s '
                 'for each row execute function datlanh_append_only()', t);
  execute format('revoke update, delete, truncate on %s from datlanh_app', t);
end $$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(ROLES, migrations.RunSQL.noop)]
