"""A published version never changes, and none is published with a row that lacks a duty.

Both are rules over two tables, which no CHECK can hold, so triggers do. A later
migration that rebuilds one of the tables on SQLite has to make them again:
tests/table/test_published_stays.py fails otherwise.
"""

from django.db import migrations

ROWS = "notifications_entry"
TABLES = "notifications_responsibilitytable"
FINAL = "('published', 'superseded')"
COLUMNS = (
    *("id", "ref", "number", "note", "based_on_id", "revision", "created_at", "checked_at"),
    *("published_at", "made_by_id", "published_by_id"),
)
STAYS = "a published responsibility table never changes"
LACKS = "a row of this responsibility table lacks its capacity or one of its two duties"
INCOMPLETE = (
    f"SELECT 1 FROM {ROWS} e WHERE e.table_id = NEW.id"
    " AND (e.capacity = '' OR e.business_duty = '' OR e.safety_duty = '')"
)

# The share lock makes a row that is written while its table is being published wait for the end.
POSTGRESQL = f"""
CREATE FUNCTION notifications_rows_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wanted bigint[];
  one bigint;
  found text;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    RAISE EXCEPTION '{STAYS}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  wanted := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.table_id]
                       WHEN 'DELETE' THEN ARRAY[OLD.table_id]
                       ELSE ARRAY[OLD.table_id, NEW.table_id] END;
  FOREACH one IN ARRAY wanted LOOP
    SELECT state INTO found FROM {TABLES} WHERE id = one FOR SHARE;
    IF found IN {FINAL} THEN
      RAISE EXCEPTION '{STAYS}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END LOOP;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION notifications_tables_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' OR OLD.state IN {FINAL} AND (
    TG_OP = 'DELETE' OR NEW.state <> 'superseded'
    OR to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state'
  ) THEN
    RAISE EXCEPTION '{STAYS}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF NEW.state IN {FINAL} AND OLD.state NOT IN {FINAL} AND EXISTS ({INCOMPLETE}) THEN
    RAISE EXCEPTION '{LACKS}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER {ROWS}_stay BEFORE INSERT OR UPDATE OR DELETE ON {ROWS}
  FOR EACH ROW EXECUTE FUNCTION notifications_rows_stay();
CREATE TRIGGER {ROWS}_no_truncate BEFORE TRUNCATE ON {ROWS}
  FOR EACH STATEMENT EXECUTE FUNCTION notifications_rows_stay();
CREATE TRIGGER {TABLES}_stay BEFORE UPDATE OR DELETE ON {TABLES}
  FOR EACH ROW EXECUTE FUNCTION notifications_tables_stay();
CREATE TRIGGER {TABLES}_no_truncate BEFORE TRUNCATE ON {TABLES}
  FOR EACH STATEMENT EXECUTE FUNCTION notifications_tables_stay();
"""


def _final(row):
    return f"(SELECT state FROM {TABLES} WHERE id = {row}.table_id) IN {FINAL}"


CHANGED = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in COLUMNS)
SQLITE = {
    f"{ROWS}_stay_insert": (f"BEFORE INSERT ON {ROWS}", _final("NEW"), STAYS),
    f"{ROWS}_stay_update": (
        f"BEFORE UPDATE ON {ROWS}",
        f"{_final('OLD')} OR {_final('NEW')}",
        STAYS,
    ),
    f"{ROWS}_stay_delete": (f"BEFORE DELETE ON {ROWS}", _final("OLD"), STAYS),
    f"{TABLES}_stay_update": (
        f"BEFORE UPDATE ON {TABLES}",
        f"OLD.state IN {FINAL} AND (NEW.state <> 'superseded' OR {CHANGED})",
        STAYS,
    ),
    f"{TABLES}_stay_delete": (f"BEFORE DELETE ON {TABLES}", f"OLD.state IN {FINAL}", STAYS),
    f"{TABLES}_complete": (
        f"BEFORE UPDATE ON {TABLES}",
        f"NEW.state IN {FINAL} AND OLD.state NOT IN {FINAL} AND EXISTS ({INCOMPLETE})",
        LACKS,
    ),
}


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, params=None)
        return
    for name, (event, when, said) in SQLITE.items():
        schema_editor.execute(
            f"CREATE TRIGGER {name} {event} WHEN {when} BEGIN SELECT RAISE(ABORT, '{said}'); END"
        )


def release(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table, function in ((ROWS, "rows"), (TABLES, "tables")):
            schema_editor.execute(f"DROP TRIGGER {table}_stay ON {table}")
            schema_editor.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
            schema_editor.execute(f"DROP FUNCTION notifications_{function}_stay()")
        return
    for name in SQLITE:
        schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("notifications", "0007_table_ref_and_number")]
    operations = [migrations.RunPython(protect, release)]
