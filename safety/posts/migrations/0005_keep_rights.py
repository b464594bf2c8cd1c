"""Whoever already manages people gets the rights to keep table, roster and alert chain too.

Only offices of safety and administrators had that right; the latter, who take no calls,
also keep the rule book. On a new installation there is nothing to do: posts are given
these rights when they are made.
"""

from django.db import migrations

KEEPS = {
    "manage_table": "Keep the responsibility table of this unit and below",
    "manage_roster": "Keep the duty roster of this unit and below",
    "test_chain": "Send test alerts to this unit and below",
    "manage_rules": "Keep the rule book",
}


def widen(apps, schema_editor):
    grants = apps.get_model("units", "UnitGroupObjectPermission").objects
    managing = grants.filter(permission__codename="manage_people")
    if not managing.exists():
        return
    unit_kind, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="units", model="unit"
    )
    permissions = {
        codename: apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=unit_kind, codename=codename, defaults={"name": name}
        )[0]
        for codename, name in KEEPS.items()
    }
    take_calls = set(
        grants.filter(permission__codename="take_calls").values_list("group", "content_object")
    )
    rows = [
        grants.model(group_id=group, content_object_id=unit, permission=permission)
        for group, unit in managing.values_list("group", "content_object").order_by("id")
        for codename, permission in permissions.items()
        if codename != "manage_rules" or (group, unit) not in take_calls
    ]
    grants.bulk_create(rows, ignore_conflicts=True, batch_size=2000)


class Migration(migrations.Migration):
    dependencies = [
        ("posts", "0004_paths_revision_trigger"),
        ("units", "0002_keep_rights"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(widen, migrations.RunPython.noop)]
