"""SQLite rebuilds a table to add columns and forgets its triggers: put them back.

PostgreSQL keeps them.
"""

from django.db import migrations

TABLES = ("posts_holding", "posts_leave")
VERBS = ("insert", "update", "delete")
BUMP = (
    "INSERT INTO posts_holdingsrevision (id, number) VALUES (1, 1) "
    "ON CONFLICT (id) DO UPDATE SET number = posts_holdingsrevision.number + 1"
)


def watch(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        return
    for table in TABLES:
        for verb in VERBS:
            schema_editor.execute(
                f"CREATE TRIGGER IF NOT EXISTS {table}_revision_{verb} "
                f"AFTER {verb.upper()} ON {table} BEGIN {BUMP}; END"
            )


class Migration(migrations.Migration):
    dependencies = [("posts", "0008_since_when_it_was_known")]
    operations = [migrations.RunPython(watch, migrations.RunPython.noop)]
