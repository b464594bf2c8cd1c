"""Events and seals are written once: the database itself refuses to change or delete them."""

from django.db import migrations

TABLES = ("ledger_event", "ledger_seal")

POSTGRESQL_FUNCTION = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: % on % refused', TG_OP, TG_TABLE_NAME;
END $$
"""


def protect(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(POSTGRESQL_FUNCTION, params=None)  # its % is not ours to fill
    for table in TABLES:
        for verb in ("update", "delete"):
            name = f"{table}_no_{verb}"
            if postgresql:
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
                )
            else:
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: {verb} refused'); END"
                )


def release(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        for verb in ("update", "delete"):
            on = f" ON {table}" if postgresql else ""
            schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}{on}")
    if postgresql:
        schema_editor.execute("DROP FUNCTION ledger_refuse()")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(protect, release)]
