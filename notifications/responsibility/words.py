"""The few words that every part of the routing rule shares."""

from __future__ import annotations

from enum import IntEnum, StrEnum

GRADES = ("G1", "G2", "G3", "G4", "G5")
BASES = ("statutory", "superior", "bureau", "reminder")
LINES = ("business", "safety", "party", "administration", "other")


class Level(StrEnum):
    """The floors of the bureau's house. A functional zone stands on the district's."""

    SCHOOL = "school"
    DISTRICT = "district"
    CITY = "city"


class Owed(IntEnum):
    """What a capacity owes, from weakest to strongest: ``max`` is the stronger one.

    FEED: visible on the board only. READ: open it. ACK: acknowledge.
    ACT: acknowledge and record a first action.
    """

    FEED = 1
    READ = 2
    ACK = 3
    ACT = 4

    def stronger(self) -> Owed:
        """One step stronger; ACT stays."""
        return Owed(min(self + 1, Owed.ACT))
