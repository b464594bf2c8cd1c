"""The rule book (规则库): matrix, clocks, grades, owners… as versioned data."""

from __future__ import annotations

from django.db import models


class RuleBook(models.Model):
    """One published version; it never changes afterwards.

    ``content`` maps a section name to the document of that section. Each app
    registers its sections (``safety.rules.registry``) and checks their shape.
    """

    number = models.PositiveIntegerField(unique=True)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"rule book {self.number}"
