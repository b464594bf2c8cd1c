"""Every change of who may do what raises one number, whichever way it is written."""

from django.db import migrations

# table -> the update that matters (all columns when empty)
WATCHED = {
    "posts_post": "",
    "posts_holding": "",
    "posts_leave": "",
    "people_user": "is_active",
    "units_unitgroupobjectpermission": "",
}
BUMP = (
    "INSERT INTO posts_holdingsrevision (id, number) VALUES (1, 1) "
    "ON CONFLICT (id) DO UPDATE SET number = posts_holdingsrevision.number + 1"
)
FUNCTION = f"""
CREATE FUNCTION posts_bump_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {BUMP};
  RETURN NULL;
END $$
"""


def triggers():
    for table, column in WATCHED.items():
        yield table, "update", f"UPDATE OF {column}" if column else "UPDATE"
        if not column:
            yield table, "insert", "INSERT"
            yield table, "delete", "DELETE"


def watch(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(FUNCTION)
    for table, verb, event in triggers():
        name = f"{table}_revision_{verb}"
        if postgresql:
            schema_editor.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION posts_bump_revision()"
            )
        else:
            schema_editor.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {BUMP}; END")


def unwatch(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table, verb, _event in triggers():
        on = f" ON {table}" if postgresql else ""
        schema_editor.execute(f"DROP TRIGGER {table}_revision_{verb}{on}")
    if postgresql:
        schema_editor.execute("DROP FUNCTION posts_bump_revision()")


class Migration(migrations.Migration):
    dependencies = [
        ("posts", "0002_initial"),
        ("people", "0001_initial"),
        ("units", "0001_initial"),
    ]
    operations = [migrations.RunPython(watch, unwatch)]
