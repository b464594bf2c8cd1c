"""Only the open numbers of a day are counted; those of sealed cases are drawn by lot."""

from django.db import migrations, models


def forget_sealed_series(apps, schema_editor):
    apps.get_model("cases", "DailyNumber").objects.exclude(series="open").delete()


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_incident_device_and_caller")]

    operations = [
        migrations.RunPython(forget_sealed_series, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="dailynumber", name="daily_number_series"),
        migrations.AlterField(  # a way back: every number that is left is of the open series
            model_name="dailynumber",
            name="series",
            field=models.CharField(max_length=10, default="open"),
        ),
        migrations.RemoveField(model_name="dailynumber", name="series"),
        migrations.AlterField(
            model_name="dailynumber", name="day", field=models.DateField(unique=True)
        ),
    ]
