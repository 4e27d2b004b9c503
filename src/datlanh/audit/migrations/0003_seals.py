"""The chain over events: what is sealed, what waits for it, and where an event came from."""

from django.db import migrations, models
from django.db.models.functions import Now

AWAITING = """
-- A new event waits to be sealed from the moment its transaction commits, whatever its number.
create function audit_event_wait() returns trigger language plpgsql as $$
begin
  insert into audit_unsealed (event_id) select id from news;
  return null;
end $$;
create trigger awaits_seal after insert on audit_event
  referencing new table as news for each statement execute function audit_event_wait();
insert into audit_unsealed (event_id) select id from audit_event;

alter table audit_event alter column written_at set default clock_timestamp();
alter table audit_event alter column origin set default '';

call datlanh_make_append_only('audit_seal');
"""

# Emptying a whole table is refused as well, on every table that is only added to.
TRUNCATE = """
create or replace procedure datlanh_make_append_only(t regclass) language plpgsql as $$
begin
  execute format('create trigger append_only before update or delete on %s '
                 'for each row execute function datlanh_append_only()', t);
  execute format('create trigger append_only_whole before truncate on %s '
                 'for each statement execute function datlanh_append_only()', t);
  execute format('revoke update, delete, truncate on %s from datlanh_app', t);
end $$;

do $$
declare t regclass;
begin
  for t in select tgrelid from pg_trigger where tgname = 'append_only' loop
    execute format('create trigger append_only_whole before truncate on %s '
                   'for each statement execute function datlanh_append_only()', t);
  end loop;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_event")]
    operations = [
        migrations.RunSQL(TRUNCATE, migrations.RunSQL.noop),
        migrations.AddField(
            "event", "origin", models.CharField(blank=True, default="", max_length=64)
        ),
        migrations.AddField("event", "written_at", models.DateTimeField(db_default=Now())),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("event_id", models.BigIntegerField(unique=True)),
                ("digest", models.BinaryField()),
                ("link", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Unsealed",
            fields=[("event_id", models.BigIntegerField(primary_key=True, serialize=False))],
        ),
        migrations.AddIndex(
            "event", models.Index(fields=["actor_id", "id"], name="audit_event_actor")
        ),
        migrations.AddIndex(
            "event", models.Index(fields=["action", "id"], name="audit_event_action")
        ),
        migrations.RunSQL(AWAITING, migrations.RunSQL.noop),
    ]
