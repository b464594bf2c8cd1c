"""The business line: which sections own the school or the hazard, and whose deputy covers them.

Two axes, united: the owner of the school's stage (and of private schools) and
the owner of each hazard, except where that is the safety office itself. The
stage always counts, so the business line is never empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from notifications.responsibility.case import Case, Claim, Seat, seat_of
from notifications.responsibility.inputs import EntryFacts, SchoolFacts, UnitFacts
from notifications.responsibility.rules import Words

SECTION, DEPUTY, SAFETY_OFFICE = "LINE_SECTION", "LINE_DEPUTY", "SAFETY_OFFICE"
NO_STAGE = Words(zh="学段不明的学校", en="a school of unknown stage")


def claims_of(case: Case, school: SchoolFacts) -> list[Claim]:
    """Everything that puts a section on the line for this school and these hazards."""
    return [*_stages(case, school), *_hazards(case), *_ownership(case, school)]


def _stages(case: Case, school: SchoolFacts) -> Iterator[Claim]:
    known = [stage for stage in sorted(school.stages) if stage in case.rules.stages]
    for stage in known:
        owner = case.rules.stages[stage]
        yield Claim(kind="stage", key=stage, words=owner.words, owners=(owner.post_type,))
    if not known:
        yield Claim(kind="stage", key="", words=NO_STAGE, owners=())


def _ownership(case: Case, school: SchoolFacts) -> Iterator[Claim]:
    owner = case.rules.ownership.get(school.ownership)
    if owner is not None:
        yield Claim(
            kind="ownership", key=school.ownership, words=owner.words, owners=(owner.post_type,)
        )


def _hazards(case: Case) -> Iterator[Claim]:
    for code in case.asked.hazards:
        hazard = case.rules.hazards[code]
        yield Claim(kind="hazard", key=code, words=hazard.words, owners=hazard.owners)
        for flag in sorted(case.asked.flags):
            owners = hazard.owners_if.get(flag, ())
            yield Claim(kind="hazard", key=f"{code}+{flag}", words=hazard.words, owners=owners)


def sections(case: Case, unit: UnitFacts, claim: Claim, school: SchoolFacts) -> list[Seat]:
    """The sections of ``unit`` that own ``claim``.

    First those whose scope in the table says so, then those of the rule book's
    type, else an empty seat. A hazard of the safety office adds nobody.
    """
    entries = case.table.having(unit, SECTION, SAFETY_OFFICE, school=school)
    found = [e for e in entries if claim.key and e.scope.claims(claim.kind, claim.key)]
    if found:
        return [seat_of(e, f"{claim} by table") for e in _owning(case, unit, claim, found)]
    seats = []
    for owner in claim.owners:
        of_type = [e for e in entries if e.post_type == owner]
        if of_type:
            owning = _owning(case, unit, claim, of_type)
            seats += [seat_of(e, f"{claim} by rule {owner}") for e in owning]
        elif claim.kind != "hazard" or not _is_safety(case, owner):
            seats.append(case.vacant(SECTION, owner))
    if claim.kind == "stage" and not seats:
        seats.append(case.vacant(SECTION))
    return seats


def _owning(
    case: Case, unit: UnitFacts, claim: Claim, entries: Sequence[EntryFacts]
) -> list[EntryFacts]:
    """One entry a post; for a hazard without the safety office, which is told anyway."""
    posts = {entry.post: entry for entry in entries}
    if claim.kind != "hazard":
        return list(posts.values())
    safety = safety_posts(case, unit)
    return [entry for post, entry in posts.items() if post not in safety]


def safety_posts(case: Case, unit: UnitFacts) -> set[int]:
    return {entry.post for entry in case.table.having(unit, SAFETY_OFFICE)}


def _is_safety(case: Case, post_type: str) -> bool:
    known = case.rules.post_types.get(post_type)
    return known is not None and known.capacity == SAFETY_OFFICE


def deputies(
    case: Case, unit: UnitFacts, claim: Claim, section: Seat, school: SchoolFacts
) -> list[Seat]:
    """The deputies in charge of ``section``: those that name it, else those that claim the same.

    An empty seat when no deputy of the unit has it in scope.
    """
    entries = case.table.having(unit, DEPUTY, school=school)
    naming = [e for e in entries if section.post_type in e.scope.sections]
    base = claim.key.partition("+")[0]
    for found in (
        naming,
        [e for e in entries if e.scope.claims(claim.kind, claim.key)],
        [e for e in entries if e.scope.claims(claim.kind, base)],
    ):
        if found:
            return [seat_of(e, f"{claim} in portfolio") for e in found]
    return [case.vacant(DEPUTY, _usual_deputy(case, claim, base))]


def _usual_deputy(case: Case, claim: Claim, base: str) -> str:
    """The post type that would usually cover ``claim``: what the empty seat is called."""
    for key in (claim.key, base):
        for code, kind in case.rules.post_types.items():
            if kind.capacity == DEPUTY and kind.scope.claims(claim.kind, key):
                return code
    return ""
