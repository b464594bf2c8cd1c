"""Refuse to empty the ledger as a whole, and keep its last head in a table of its own."""

from django.db import migrations, models

TABLES = ("ledger_event", "ledger_seal")


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":  # SQLite has no TRUNCATE
        for table in TABLES:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
            )


def release(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")


def anchor(apps, schema_editor):
    last = apps.get_model("ledger", "Seal").objects.order_by("-position").first()
    if last is not None:
        apps.get_model("ledger", "Anchor").objects.create(
            pk=1, position=last.position, chain=last.chain, at=last.sealed_at
        )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="Anchor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.BigIntegerField()),
                ("chain", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RunPython(anchor, migrations.RunPython.noop),
        migrations.RunPython(protect, release),
    ]
