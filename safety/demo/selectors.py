from __future__ import annotations

from django.utils.translation import gettext as _

from safety.demo.models import DemoCity


def is_demo() -> bool:
    """Whether this installation holds invented data."""
    return DemoCity.objects.exists()


def mark() -> str:
    """What stands on every paper that leaves a demonstration; "" in a real installation."""
    return _("Demo data") if is_demo() else ""
