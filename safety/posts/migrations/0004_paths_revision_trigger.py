"""Moving a unit changes who may do what below it, so it raises the number too."""

from django.db import migrations

NAME = "units_unit_revision_path"
BUMP = (
    "INSERT INTO posts_holdingsrevision (id, number) VALUES (1, 1) "
    "ON CONFLICT (id) DO UPDATE SET number = posts_holdingsrevision.number + 1"
)


def watch(apps, schema_editor):
    event = f"CREATE TRIGGER {NAME} AFTER UPDATE OF path ON units_unit"
    if schema_editor.connection.vendor == "postgresql":
        does = "FOR EACH STATEMENT EXECUTE FUNCTION posts_bump_revision()"
    else:
        does = f"BEGIN {BUMP}; END"
    schema_editor.execute(f"{event} {does}")


def unwatch(apps, schema_editor):
    on = " ON units_unit" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER {NAME}{on}")


class Migration(migrations.Migration):
    dependencies = [("posts", "0003_holdings_revision_triggers"), ("units", "0001_initial")]
    operations = [migrations.RunPython(watch, unwatch)]
