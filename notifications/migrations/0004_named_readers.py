"""Alerts know whom the plan told without redaction; streams hold nothing that only they may read.

What was raised before gets both: the names come from the frozen plan, and the
words in old stream rows are cut down to those of a board.
"""

from django.db import migrations, models


def name_readers(apps, schema_editor):
    """Freeze the people of the unredacted rows of each frozen plan."""
    Alert = apps.get_model("notifications", "Alert")
    for alert in Alert.objects.iterator():
        rows = [row for row in alert.plan.get("rows", ()) if not row["redacted"]]
        people = {person for row in rows for person in (row["person"], *row["also"])}
        alert.named = sorted(person for person in people if person is not None)
        alert.save(update_fields=["named"])


def mark_telling(apps, schema_editor):
    """What a school owes upward of a restricted matter, it owes for the kind of matter."""
    Obligation = apps.get_model("notifications", "Obligation")
    Obligation.objects.filter(
        kind="report_upward", level="school", alert__privacy="sealed"
    ).update(telling=True)


def cut_streams(apps, schema_editor):
    StreamRow = apps.get_model("notifications", "StreamRow")
    rows = StreamRow.objects.filter(kind="alert.raised", alert__isnull=False)
    for row in rows.select_related("alert").iterator():
        row.payload["words"] = _board_words(row.alert)
        for capacity in row.payload.get("capacities", ()):
            capacity.pop("unit", None)
        row.save(update_fields=["payload"])


def _board_words(alert):
    hidden = dict.fromkeys(("summary", "place_zh", "place_en"), "")
    if alert.privacy != "open":
        hidden["where"] = ""
    return {**alert.masked_words, **hidden}


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_receipt")]

    operations = [
        migrations.AddField(
            model_name="alert",
            name="named",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="obligation",
            name="telling",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(name_readers, migrations.RunPython.noop),
        migrations.RunPython(mark_telling, migrations.RunPython.noop),
        migrations.RunPython(cut_streams, migrations.RunPython.noop),
    ]
