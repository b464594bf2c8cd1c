"""Stream rows of sealed alerts tell no grade any more; those written before are put right."""

from django.db import migrations


def take_grades(apps, schema_editor):
    StreamRow = apps.get_model("notifications", "StreamRow")
    for row in StreamRow.objects.filter(alert__privacy="sealed").iterator():
        if row.payload.get("grade"):
            row.payload["grade"] = ""
            row.save(update_fields=["payload"])


class Migration(migrations.Migration):
    dependencies = [("notifications", "0009_pledges_and_lapsed")]

    operations = [migrations.RunPython(take_grades, migrations.RunPython.noop)]
