"""Words that each bureau has its own for (首报 or 初报); a setting says which."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language


def terms() -> dict[str, str]:
    """By name, in the reader's language; only the Chinese ones are the bureau's to choose."""
    if (get_language() or "zh").startswith("zh"):
        return dict(settings.TERMS)
    return {"first_report": "First report"}
