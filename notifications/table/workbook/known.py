"""The units and posts there are, found by code and by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from notifications.table.workbook.cells import Names
from safety.posts.models import Post
from safety.units.imports.cells import name_key
from safety.units.models import Unit

_BRACKETS = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True, kw_only=True)
class KnownUnit:
    code: str
    name: str
    short_name: str
    path: str
    is_school: bool


@dataclass(frozen=True, kw_only=True)
class KnownPost:
    unit: str
    code: str
    name: str
    kind: str
    is_abolished: bool


@dataclass(frozen=True, kw_only=True)
class Known:
    """Read once for a whole workbook."""

    units: Mapping[str, KnownUnit] = field(default_factory=dict)
    posts: Mapping[tuple[str, str], KnownPost] = field(default_factory=dict)

    @cached_property
    def names(self) -> Names:
        return Names(
            units={unit.code: unit.name for unit in self.units.values()},
            posts={key: (post.name, post.kind) for key, post in self.posts.items()},
        )

    @cached_property
    def root(self) -> str:
        return next((u.code for u in self.units.values() if u.path.count("/") == 2), "")  # noqa: PLR2004 - "/code/"

    @cached_property
    def _units_by_name(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for unit in self.units.values():
            for name in {name_key(unit.name), name_key(unit.short_name)} - {""}:
                found.setdefault(name, []).append(unit.code)
        return found

    @cached_property
    def _posts_by_name(self) -> Mapping[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for post in self.posts.values():
            if not post.is_abolished:
                for name in _called(post.name):
                    found.setdefault((post.unit, name), []).append(post.code)
        return found

    @cached_property
    def _posts_by_kind(self) -> Mapping[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for post in self.posts.values():
            if not post.is_abolished:
                found.setdefault((post.unit, post.kind), []).append(post.code)
        return found

    def units_called(self, text: str) -> list[str]:
        """Codes of the units with this code or name; usually one."""
        if text in self.units:
            return [text]
        return self._units_by_name.get(name_key(text), [])

    def posts_called(self, unit: str, text: str, kind: str | None = None) -> list[str]:
        """Codes of the posts of ``unit`` with this code or name, else of this type."""
        if (unit, text) in self.posts:
            return [text]
        named = self._posts_by_name.get((unit, name_key(text)), [])
        return named or (self._posts_by_kind.get((unit, kind), []) if kind else [])

    def post_names(self, unit: str) -> list[str]:
        return [p.name for p in self.posts.values() if p.unit == unit and not p.is_abolished]


def _called(name: str) -> set[str]:
    """What offices call it: 安全科(安稳处) is also 安全科, or 安稳处."""
    key = name_key(name)
    return {key, _BRACKETS.sub("", key), *_BRACKETS.findall(key)} - {""}


def known() -> Known:
    units = Unit.objects.order_by("path").values_list("code", "name", "short_name", "path", "kind")
    posts = Post.objects.order_by("unit", "code").values_list(
        "unit__code", "code", "name", "kind", "abolished_at"
    )
    return Known(
        units={
            code: KnownUnit(
                code=code,
                name=name,
                short_name=short,
                path=path,
                is_school=kind in Unit.SCHOOL_KINDS,
            )
            for code, name, short, path, kind in units
        },
        posts={
            (unit, code): KnownPost(
                unit=unit, code=code, name=name, kind=kind, is_abolished=at is not None
            )
            for unit, code, name, kind, at in posts.iterator(chunk_size=5000)
        },
    )
