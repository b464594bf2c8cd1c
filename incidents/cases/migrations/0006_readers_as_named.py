"""A sealed case is granted to everybody whom its alert names: co-holders of a post too."""

from django.db import migrations


def grant_named(apps, schema_editor):
    Alert = apps.get_model("notifications", "Alert")
    Incident = apps.get_model("cases", "Incident")
    Grant = apps.get_model("cases", "IncidentUserObjectPermission")
    Permission = apps.get_model("auth", "Permission")
    sealed = {str(incident.ref): incident for incident in Incident.objects.filter(privacy="sealed")}
    if not sealed:
        return
    permission = Permission.objects.get(codename="read_sealed", content_type__app_label="cases")
    for alert in Alert.objects.filter(subject_kind="incident", subject_ref__in=sealed):
        for person in alert.named:
            Grant.objects.get_or_create(
                user_id=person,
                permission=permission,
                content_object=sealed[alert.subject_ref],
            )


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_numbers_without_series"),
        ("notifications", "0004_named_readers"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(grant_named, migrations.RunPython.noop)]
