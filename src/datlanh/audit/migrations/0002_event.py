from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_roles")]
    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(blank=True, max_length=160)),
                ("action", models.CharField(db_index=True, max_length=64)),
                ("subject_type", models.CharField(max_length=64)),
                ("subject_id", models.CharField(max_length=64)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("note", models.TextField(blank=True)),
                ("via", models.CharField(blank=True, max_length=32)),
            ],
            options={
                "indexes": [models.Index("subject_type", "subject_id", name="audit_event_subject")]
            },
        ),
        migrations.RunSQL("call datlanh_make_append_only('audit_event')", migrations.RunSQL.noop),
    ]
