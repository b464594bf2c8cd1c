"""Which unit and which post a row means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _

from safety.errors import Problem
from safety.posts.models import Post
from safety.units.imports.cells import name_key
from safety.units.models import Unit

SHOWN = 6


class Places:
    """Units and posts of a reach, by what offices call them."""

    def __init__(self, inside: tuple[str, ...], named: Iterable[str]) -> None:
        wanted = {name_key(name) for name in named}
        self._units: dict[str, list[Unit]] = defaultdict(list)
        for unit in Unit.objects.under(*inside):
            for name in {name_key(n) for n in (unit.name, unit.short_name, unit.code) if n}:
                if name in wanted:
                    self._units[name].append(unit)
        found = {unit.pk for units in self._units.values() for unit in units}
        self._posts: dict[int, list[Post]] = defaultdict(list)
        posts = Post.objects.filter(unit__in=found, abolished_at=None).select_related("unit")
        for post in posts.order_by("code"):
            self._posts[post.unit_id].append(post)

    def find(self, unit_text: str, post_text: str) -> Post | Problem:
        """The one post meant, or what is wrong."""
        units = self._units.get(name_key(unit_text), [])
        if not units:
            return _wrong(
                "unit",
                unit_text,
                _("There is no such unit in your charge.")
                if unit_text
                else _("The unit is missing."),
                _("Write its full name or its code."),
            )
        if len(units) > 1:
            codes = "、".join(f"{unit.name} {unit.code}" for unit in units[:SHOWN])
            return _wrong(
                "unit",
                unit_text,
                _("Several units are called like this."),
                _("Write the code instead: %(codes)s.") % {"codes": codes},
            )
        return self._post(units[0], post_text)

    def _post(self, unit: Unit, text: str) -> Post | Problem:
        posts, key = self._posts[unit.pk], name_key(text)
        found = [p for p in posts if key in (name_key(p.name), name_key(p.code))]
        if len(found) == 1:
            return found[0]
        if found:
            codes = "、".join(f"{post.name} {post.code}" for post in found[:SHOWN])
            return _wrong(
                "post",
                text,
                _("Several posts of this unit are called like this."),
                _("Write the code instead: %(codes)s.") % {"codes": codes},
            )
        near = [
            p.name for p in posts if key and (key in name_key(p.name) or name_key(p.name) in key)
        ]
        names = "、".join((near or [p.name for p in posts])[:SHOWN])
        return _wrong(
            "post",
            text,
            _("%(unit)s has no such post.") % {"unit": unit.label}
            if text
            else _("The post is missing."),
            _("Known there: %(names)s.") % {"names": names or _("none")},
        )


def _wrong(field: str, value: str, message: str, remedy: str) -> Problem:
    return Problem(field=field, value=value, message=message, remedy=remedy)
