"""Versions of before were in force from the moment they were published."""

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    apps.get_model("rules", "RuleBook").objects.update(effective_at=F("published_at"))


class Migration(migrations.Migration):
    dependencies = [("rules", "0002_drafts_and_effective_dates")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
