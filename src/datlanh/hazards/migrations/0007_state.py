"""The state of an area, as `hazards.rules.reported_state` reads it from reports."""

from django.db import migrations, models

STATES = """
update hazards_hazardousarea
   set state = case public_status when 'open' then case area_type when 'sha' then 'sha' else 'cha' end
               else public_status end
"""


class Migration(migrations.Migration):
    dependencies = [("hazards", "0006_ledger"), ("register", "0006_states")]
    operations = [
        migrations.AddField(
            model_name="hazardousarea",
            name="state",
            field=models.CharField(default="cha", max_length=24),
            preserve_default=False,
        ),
        migrations.RunSQL(STATES, migrations.RunSQL.noop),
    ]
