"""Which areas name a survey: asked by every page of a survey. See `0007_named_ids`."""

from django.db import migrations

INDEX = """
create index intake_named_survey_ids on register_version
  using gin (datlanh_ids_in(values->>'survey_ids')) with (fastupdate = off)
  where known_to is null and true_to is null and values ? 'survey_ids';
"""
GONE = "drop index if exists intake_named_survey_ids;"


class Migration(migrations.Migration):
    dependencies = [("intake", "0011_desk"), ("register", "0005_links")]
    operations = [migrations.RunSQL(INDEX, GONE)]
