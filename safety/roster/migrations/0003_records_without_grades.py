from __future__ import annotations

from typing import Any

from django.db import migrations


def drop_grades(apps: Any, _editor: Any) -> None:
    """A record of a hand-over keeps references and numbers: who may know a grade is asked anew."""
    DutyHandOver = apps.get_model("roster", "DutyHandOver")
    for record in DutyHandOver.objects.only("pk", "open_items").iterator():
        items = [{k: v for k, v in item.items() if k != "grade"} for item in record.open_items]
        if items != record.open_items:
            DutyHandOver.objects.filter(pk=record.pk).update(open_items=items)


class Migration(migrations.Migration):
    dependencies = [("roster", "0002_duty_hand_over")]

    operations = [migrations.RunPython(drop_grades, migrations.RunPython.noop, elidable=True)]
