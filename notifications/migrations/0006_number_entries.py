"""Give each version a reference of its own, and each row its number on paper."""

import uuid

from django.db import migrations

NUMBER = """
UPDATE notifications_entry SET serial = numbered.serial
FROM (
    SELECT id, ROW_NUMBER() OVER (PARTITION BY table_id ORDER BY id) AS serial
    FROM notifications_entry
) AS numbered
WHERE numbered.id = notifications_entry.id
"""


def fill(apps, schema_editor):
    tables = apps.get_model("notifications", "ResponsibilityTable").objects
    tables.filter(state="draft").update(number=None)
    for pk in tables.values_list("pk", flat=True):
        tables.filter(pk=pk).update(ref=uuid.uuid4())
    schema_editor.execute(NUMBER)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_table_drafts")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
