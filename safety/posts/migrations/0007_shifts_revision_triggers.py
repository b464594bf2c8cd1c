"""Shifts and kept rosters say who may do what, so every change of them raises the number."""

from django.db import migrations

TABLES = ("posts_shift", "posts_rosterperiod")
VERBS = ("insert", "update", "delete")
BUMP = (
    "INSERT INTO posts_holdingsrevision (id, number) VALUES (1, 1) "
    "ON CONFLICT (id) DO UPDATE SET number = posts_holdingsrevision.number + 1"
)


def watch(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        does = "FOR EACH STATEMENT EXECUTE FUNCTION posts_bump_revision()"
    else:
        does = f"BEGIN {BUMP}; END"
    for table in TABLES:
        for verb in VERBS:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_revision_{verb} AFTER {verb.upper()} ON {table} {does}"
            )


def unwatch(apps, schema_editor):
    for table in TABLES:
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        for verb in VERBS:
            schema_editor.execute(f"DROP TRIGGER {table}_revision_{verb}{on}")


class Migration(migrations.Migration):
    dependencies = [("posts", "0006_shifts")]
    operations = [migrations.RunPython(watch, unwatch)]
