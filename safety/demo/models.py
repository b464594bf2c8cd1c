"""The mark of a demo city: while it exists, every page and file says 演示数据."""

from __future__ import annotations

from django.db import models


class DemoCity(models.Model):
    """How the demo city was built; one row, or none on a real installation."""

    seed = models.IntegerField()
    schools = models.PositiveIntegerField()
    names = models.CharField(max_length=20)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"demo city of {self.schools} schools"
