"""Browsers send forms too, as devices that their users enrol."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_second_step")]

    operations = [
        migrations.AddField(
            model_name="device",
            name="is_browser",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
