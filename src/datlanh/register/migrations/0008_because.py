"""Which steps a record was the cause of: asked by the page of every accident and EOD task."""

from django.db import migrations

INDEX = """
create index register_decision_because on register_decision ((data->>'because'))
  where data ? 'because';
"""
GONE = "drop index if exists register_decision_because;"


class Migration(migrations.Migration):
    dependencies = [("register", "0007_row_history")]
    operations = [migrations.RunSQL(INDEX, GONE)]
