"""Holdings and leave keep since when they were known; liaisons of leaders get a place.

Of rows that exist already nobody knows when they were entered: theirs stays empty.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("posts", "0007_shifts_revision_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("holding", "note", models.CharField(blank=True, max_length=200, default=""), preserve_default=False),
        migrations.AddField("holding", "recorded_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("holding", "withdrawn_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("holding", "withdrawn_why", models.CharField(blank=True, max_length=200, default=""), preserve_default=False),
        migrations.AddField(
            "holding",
            "version_of",
            models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="earlier_versions", to="posts.holding"),
        ),
        migrations.AddField("leave", "recorded_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("leave", "withdrawn_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "leave",
            "version_of",
            models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="earlier_versions", to="posts.leave"),
        ),
        migrations.AlterField("holding", "recorded_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
        migrations.AlterField("leave", "recorded_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
        migrations.AddIndex("leave", models.Index(fields=["person", "ends_at"], name="leave_person")),
        migrations.CreateModel(
            name="Liaison",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("leader", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="liaisons", to=settings.AUTH_USER_MODEL)),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="liaison_for", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person", "starts_at"], name="liaison_person"),
                    models.Index(fields=["leader", "starts_at"], name="liaison_leader"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("person", models.F("leader")), _negated=True), name="liaison_is_other"),
                    models.CheckConstraint(condition=models.Q(("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"), name="liaison_ends_after_start"),
                    models.UniqueConstraint(condition=models.Q(("ends_at", None)), fields=("leader", "person"), name="liaison_once_at_a_time"),
                ],
            },
        ),
    ]
