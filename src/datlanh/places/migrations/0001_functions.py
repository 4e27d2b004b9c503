"""Vietnamese search in SQL, and the VN-2000 zones that Debian's PostGIS does not list."""

from django.db import migrations

EXTENSIONS = """
create extension if not exists postgis;
create extension if not exists pg_trgm;
create extension if not exists unaccent;
create extension if not exists btree_gist;
"""

# `unaccent` is only stable because its dictionary could be altered; named in full it is not.
FUNCTIONS = """
create or replace function vi_norm(t text) returns text
  language sql immutable strict parallel safe as
  $$ select lower(public.unaccent('public.unaccent', normalize(t, NFC))) $$;
create or replace function vi_key(t text) returns text
  language sql immutable strict parallel safe as
  $$ select regexp_replace(vi_norm(t), '[^a-z0-9]+', '', 'g') $$;
"""

# PostGIS reads the definition from PROJ by authority and number; the text columns may be empty.
ZONES = """
insert into spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text)
select z.srid, 'EPSG', z.srid, '', '' from (values (9211), (9212)) as z(srid)
 where not exists (select 1 from spatial_ref_sys s where s.srid = z.srid);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("audit", "0001_roles")]
    operations = [
        migrations.RunSQL(EXTENSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(
            FUNCTIONS,
            "drop function if exists vi_key(text); drop function if exists vi_norm(text);",
        ),
        migrations.RunSQL(ZONES, migrations.RunSQL.noop),
    ]
