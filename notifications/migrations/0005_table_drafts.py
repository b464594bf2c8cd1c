"""A table is a draft before it is published: who made it, from which version, edited how often."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0004_named_readers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="entry", name="entry_has_both_duties"),
        migrations.AddField(
            model_name="entry", name="revision", field=models.PositiveIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="entry", name="serial", field=models.PositiveIntegerField(default=0)
        ),
        migrations.AlterField(
            model_name="entry", name="business_duty", field=models.TextField(blank=True)
        ),
        migrations.AlterField(
            model_name="entry",
            name="capacity",
            field=models.CharField(blank=True, max_length=30),
        ),
        migrations.AlterField(
            model_name="entry", name="safety_duty", field=models.TextField(blank=True)
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["table", "serial"], name="entry_table_serial"),
        ),
        migrations.AddField(
            model_name="responsibilitytable",
            name="based_on",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="notifications.responsibilitytable",
            ),
        ),
        migrations.AddField(
            model_name="responsibilitytable",
            name="checked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="responsibilitytable",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="responsibilitytable",
            name="published_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="responsibilitytable",
            name="ref",
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="responsibilitytable",
            name="revision",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="responsibilitytable",
            name="number",
            field=models.PositiveIntegerField(blank=True, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name="responsibilitytable",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "draft"),
                    ("checked", "checked"),
                    ("published", "published"),
                    ("superseded", "superseded"),
                ],
                default="draft",
                max_length=12,
            ),
        ),
    ]
