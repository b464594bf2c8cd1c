"""Readable names for the standard posts: the second half of a demo user name."""

from __future__ import annotations

BUREAU_ROLES = {
    "B01": "party_chief",
    "B02": "chief",
    "B03": "safety_deputy",
    "B04": "deputy_basic",
    "B05": "deputy_private",
    "B06": "deputy_vocational",
    "B07": "deputy_health",
    "B08": "deputy_logistics",
    "B09": "deputy_personnel",
    "B10": "discipline",
    "B11": "safety_office",
    "B12": "section_basic",
    "B13": "section_preschool",
    "B14": "section_vocational",
    "B15": "section_higher",
    "B16": "section_private",
    "B17": "section_moral",
    "B18": "section_health",
    "B19": "section_logistics",
    "B20": "section_personnel",
    "B21": "office",
    "B22": "section_publicity",
    "B23": "exams",
    "B24": "supervision",
    "B25": "section_petitions",
    "B26": "area_contact",
    "B27D": "duty_officer",
    "B27L": "duty_leader",
    "ADMIN": "administrator",
}

# Who reads sealed and guarded text by name: those who must act on it, not everybody in the chain.
RESTRICTED_KINDS = ("B03", "B11", "B17", "B20", "SCH_PRINCIPAL", "SCH_LIAISON")


def role_of(kind: str) -> str:
    """The role of a post type: "B27D" is "duty_officer", "SCH_SAFETY_STAFF" is "safety_staff"."""
    return BUREAU_ROLES.get(kind) or kind.removeprefix("SCH_").lower()
