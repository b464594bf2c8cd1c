"""Which verb belongs to which capacity, and which kinds of obligation it meets. Pure.

Sections, duty rooms and schools report what they did; leaders instruct, in
writing or by telephone, or come; the head of a school may do either.
"""

from __future__ import annotations

LEADER_VERBS = ("instruction", "phone_instruction", "on_site")
OFFICE_VERBS = ("handling",)
SCHOOL_VERBS = ("handling", "on_site")

# Kinds that a tick meets, and kinds that a first action meets.
TICKED = ("acknowledge", "read")
ACTED = ("acknowledge", "first_action")

LEADERS = (
    "PARTY_CHIEF",
    "ADMIN_CHIEF",
    "SAFETY_DEPUTY",
    "LINE_DEPUTY",
    "AREA_CONTACT",
    "DUTY_LEADER",
)
SCHOOL_LEADERS = ("SCH_PRINCIPAL", "SCH_SECRETARY", "SCH_SAFETY_DEPUTY", "SCH_LINE_DEPUTY")


def verbs_for(capacity: str) -> tuple[str, ...]:
    """The first actions that ``capacity`` may record, the usual one first."""
    if capacity in LEADERS:
        return LEADER_VERBS
    return SCHOOL_VERBS if capacity in SCHOOL_LEADERS else OFFICE_VERBS


def needs_note(verb: str) -> bool:
    """Whether the verb is nothing without a line that says what was done."""
    return verb in OFFICE_VERBS


def reads_only_as_leader(capacity: str) -> bool:
    """Whether the capacity's acknowledgement is called 已阅 rather than 签收."""
    return capacity in LEADERS
