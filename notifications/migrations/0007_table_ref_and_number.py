"""A version is found by its reference; it has a number from the day it is published."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_number_entries")]

    operations = [
        migrations.AlterField(
            model_name="responsibilitytable",
            name="ref",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddConstraint(
            model_name="responsibilitytable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("number", None),
                        ("published_at", None),
                        ("state__in", ("draft", "checked")),
                    ),
                    models.Q(
                        ("number__isnull", False),
                        ("published_at__isnull", False),
                        ("state__in", ("published", "superseded")),
                    ),
                    _connector="OR",
                ),
                name="table_number_when_published",
            ),
        ),
    ]
