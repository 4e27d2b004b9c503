"""What an operator's report calls closed is complete: land is closed by its handover alone.

Areas of which nobody took a step follow their reports; those with steps stay as they are.
"""

from django.db import migrations

COMPLETE = """
update hazards_hazardousarea a set state = 'completed', public_status = 'ongoing'
 where a.state = 'closed'
   and not exists (select 1 from register_state s where s.record_id = a.record_id);
"""
CLOSED = """
update hazards_hazardousarea a set state = 'closed', public_status = 'closed'
 where a.state = 'completed'
   and not exists (select 1 from register_state s where s.record_id = a.record_id);
"""


class Migration(migrations.Migration):
    dependencies = [("hazards", "0008_survey_boxes"), ("register", "0008_because")]
    operations = [migrations.RunSQL(COMPLETE, CLOSED)]
