from __future__ import annotations

from safety.demo.models import DemoCity


def is_demo() -> bool:
    """Whether this installation holds invented data."""
    return DemoCity.objects.exists()
