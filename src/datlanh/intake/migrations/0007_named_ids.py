"""Which records name an id: asked by every record page of an area or a release.

Without the list of pending entries, which every question would read to its end (15 s a page).
"""

from django.db import migrations

INDEXES = """
create index intake_named_cha_ids on register_version
  using gin (datlanh_ids_in(values->>'cha_ids')) with (fastupdate = off)
  where known_to is null and true_to is null and values ? 'cha_ids';
create index intake_named_clearance_id on register_version
  using gin (datlanh_ids_in(values->>'clearance_id')) with (fastupdate = off)
  where known_to is null and true_to is null and values ? 'clearance_id';
"""
GONE = "drop index if exists intake_named_cha_ids, intake_named_clearance_id;"


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_nightly"), ("register", "0005_links")]
    operations = [migrations.RunSQL(INDEXES, GONE)]
