"""What stands on every roster that leaves the house as a file."""

from __future__ import annotations

from safety.papers import marks


def mark() -> str:
    """Such as "demonstration data"; "" for nothing."""
    return marks()
