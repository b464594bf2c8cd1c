"""To which posts an obligation climbs when nobody holds its own, by rule book and table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from notifications.models import Entry, Obligation
from notifications.responsibility.rules import Rules
from notifications.responsibility.scope import Scope
from notifications.snapshot import compiled, current_table
from safety.errors import Refused
from safety.posts.models import Post
from safety.rules.selectors import current_rules
from safety.units.models import Unit
from safety.units.selectors import with_ancestors

DEPUTY = "LINE_DEPUTY"


class Superiors:
    """The climb of some obligations; everything is read when it is made."""

    def __init__(self, obligations: Sequence[Obligation]) -> None:
        self._entries: dict[tuple[int, str], list[Entry]] = defaultdict(list)
        self._rules: Rules | None = None
        homes = {home.pk: home for home in map(_home, obligations)}
        self._units = with_ancestors(homes.values())
        try:
            table, self._rules = current_table(), compiled(current_rules())
        except Refused:
            return  # nothing is published: nobody can be found
        rows = Entry.objects.filter(table=table, unit__in=self._units.values())
        for row in rows.select_related("post").order_by("post__kind", "post_id"):
            self._entries[row.unit_id, row.capacity].append(row)

    def delegable(self, capacity: str, grade: str) -> bool:
        if self._rules is None or capacity not in self._rules.capacities:
            return True
        return self._rules.delegable(capacity, grade)

    def of(self, obligation: Obligation) -> Iterator[Post]:
        """The posts above, nearest first; the own one is not among them."""
        if self._rules is None:
            return
        home = _home(obligation)
        for superior in self._rules.climb.get(obligation.capacity, ()):
            unit: Unit | None = home
            if superior.startswith("^"):
                unit = self._bureau_above(home)
            if unit is None:
                continue
            entries: Iterable[Entry] = self._entries[unit.pk, superior.removeprefix("^")]
            if superior == DEPUTY:
                entries = self._in_charge(entries, obligation)
            yield from (e.post for e in entries if e.post_id != obligation.post_id)

    def _bureau_above(self, unit: Unit) -> Unit | None:
        above = (self._units[code] for code in reversed(unit.ancestor_codes()[:-1]))
        return next((one for one in above if not one.is_school), None)

    def _in_charge(self, deputies: Iterable[Entry], obligation: Obligation) -> list[Entry]:
        """The deputies whose portfolio names the section, or shares a subject with it."""
        if obligation.post is None:
            return []
        kind = obligation.post.kind
        own = [
            self._scope(entry)
            for entry in self._entries[obligation.post.unit_id, obligation.capacity]
            if entry.post_id == obligation.post_id
        ]
        known = [(entry, self._scope(entry)) for entry in deputies]
        naming = [entry for entry, scope in known if kind in scope.sections]
        return naming or [e for e, scope in known if any(_share(scope, mine) for mine in own)]

    def _scope(self, entry: Entry) -> Scope:
        scope = Scope.of(entry.scope)
        kind = self._rules.post_types.get(entry.post.kind) if self._rules else None
        return scope.or_subjects_of(kind.scope) if kind else scope


def _home(obligation: Obligation) -> Unit:
    """Where the climb begins: at the unit of the post, or of the empty slot."""
    return obligation.post.unit if obligation.post is not None else obligation.unit


def _share(one: Scope, other: Scope) -> bool:
    return bool(
        one.stages & other.stages or one.hazards & other.hazards or one.ownership & other.ownership
    )
