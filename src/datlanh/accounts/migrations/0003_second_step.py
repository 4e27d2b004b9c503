"""Sessions under a digest of their key, and where failed sign-ins are counted."""

from django.db import migrations, models

# The rows of Django's database cache. Unlogged: after a crash the counters begin anew.
ATTEMPTS = """
create unlogged table accounts_attempt (
  cache_key varchar(255) primary key,
  value text not null,
  expires timestamptz not null
);
create index accounts_attempt_expires on accounts_attempt (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_sessions")]

    operations = [
        # Keys were kept as they are; who is signed in signs in once more.
        migrations.RunSQL("delete from accounts_session", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="session",
            name="address",
            field=models.GenericIPAddressField(null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="browser",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="session",
            name="created_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="last_seen_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(ATTEMPTS, "drop table accounts_attempt"),
    ]
