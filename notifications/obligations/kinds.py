"""What each kind of obligation beside the alerts is called, and where it is done.

A room whose duties are no alerts registers its kind when it starts. The engine
knows post, capacity, subject, due and state; words and page are the room's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from notifications.models import Obligation


@dataclass(frozen=True, kw_only=True)
class KindRoom:
    """``word`` says what is owed, ``page`` is where it is done, ``many`` the page of several.

    ``is_personal``: it binds the person who is named, not whoever holds the post.
    """

    word: Callable[[Obligation], str]
    page: Callable[[Obligation], str]
    many: Callable[[int], tuple[str, str]]
    is_personal: bool = False


_rooms: dict[str, KindRoom] = {}


def register(kind: str, room: KindRoom) -> None:
    _rooms[kind] = room


def personal_kinds() -> list[str]:
    """The kinds that bind the person who is named: no successor takes them over."""
    return sorted(kind for kind, room in _rooms.items() if room.is_personal)


def room_of(kind: str) -> KindRoom | None:
    return _rooms.get(kind)
