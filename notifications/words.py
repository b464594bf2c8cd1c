"""The words in which grades, capacities, lines, verbs and clocks are shown to their reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from notifications.models import Obligation
from notifications.obligations.verbs import reads_only_as_leader
from safety.rules.selectors import content_of, current_rules

_GRADES = {
    "G1": gettext_lazy("Red · report at once"),
    "G2": gettext_lazy("Orange · report urgently"),
    "G3": gettext_lazy("Yellow · report promptly"),
    "G4": gettext_lazy("Blue · report on time"),
    "G5": gettext_lazy("White · register"),
}
_LEVELS = {
    "school": gettext_lazy("School"),
    "district": gettext_lazy("District"),
    "city": gettext_lazy("City bureau"),
}
_LINES = {
    "business": gettext_lazy("Business"),
    "safety": gettext_lazy("Safety"),
    "party": gettext_lazy("Secretary"),
    "administration": gettext_lazy("Director / principal"),
    "other": gettext_lazy("Duty and others"),
}
_CHIEFS = {
    "PARTY_CHIEF": gettext_lazy("Secretary"),
    "SCH_SECRETARY": gettext_lazy("Secretary"),
    "ADMIN_CHIEF": gettext_lazy("Director"),
    "SCH_PRINCIPAL": gettext_lazy("Principal"),
}
_RANKS = {"party": 0, "administration": 1, "safety": 2, "business": 3}
_VERBS = {
    "handling": gettext_lazy("Report handling"),
    "instruction": gettext_lazy("Written instruction"),
    "phone_instruction": gettext_lazy("Instruction by telephone"),
    "on_site": gettext_lazy("I am on site"),
}
_DONE = {
    "handling": gettext_lazy("handling reported"),
    "instruction": gettext_lazy("written instruction"),
    "phone_instruction": gettext_lazy("instruction by telephone"),
    "on_site": gettext_lazy("on site"),
}
_BASES = {
    Obligation.Basis.STATUTORY: gettext_lazy("by law"),
    Obligation.Basis.SUPERIOR: gettext_lazy("superior document"),
    Obligation.Basis.BUREAU: gettext_lazy("bureau rule"),
    Obligation.Basis.REMINDER: gettext_lazy("system reminder"),
}

_OF_THE_POST = (
    (r"您岗|您", "该岗"),
    (r"\byou are\b", "this post is"),
    (r"\b(to|by|for|of) you\b", r"\1 this post"),
    (r"\byour\b", "this post's"),
    (r"\byou (\w+)\b", r"this post \1s"),
)


def grade_word(grade: str) -> str:
    """Colour and word of a reporting grade; never the word of an official accident class."""
    return str(_GRADES.get(grade, grade))


def level_word(level: str) -> str:
    return str(_LEVELS.get(level, level))


def line_word(line: str) -> str:
    return str(_LINES.get(line, line))


def verb_word(verb: str) -> str:
    """What the button of a first action says."""
    return str(_VERBS.get(verb, verb))


def done_word(verb: str) -> str:
    """What a first action is called once it is recorded."""
    return str(_DONE.get(verb, verb))


def basis_word(basis: str) -> str:
    """What a time limit rests on; a mere reminder says so."""
    return str(_BASES.get(Obligation.Basis(basis), basis)) if basis else ""


def basis_words(obligation: Obligation) -> str:
    """The basis of a time limit with its document, where one is cited."""
    word = basis_word(obligation.basis)
    return f"{word} · {obligation.basis_document}" if obligation.basis_document else word


def acknowledge_word(capacity: str, kind: str = Obligation.Kind.ACKNOWLEDGE) -> str:
    """Sections, schools and duty rooms sign for receipt; leaders have read; copies are noted."""
    if reads_only_as_leader(capacity):
        return _("Read by leader")
    return _("Noted") if kind == Obligation.Kind.READ else _("Acknowledge")


def shared_acknowledge_word(rows: Iterable[Obligation]) -> str:
    """One word for acknowledging all of ``rows`` at once: the plain one where theirs differ."""
    words = {acknowledge_word(o.capacity, o.kind) for o in rows}
    return words.pop() if len(words) == 1 else _("Acknowledge")


def capacity_word(code: str) -> str:
    """A capacity in the reader's language, from the rule book in force."""
    return capacity_words().get(code, code)


def capacity_words() -> dict[str, str]:
    """Every capacity's word; ask once per page, it costs a query."""
    capacities = content_of(current_rules())["responsibility"]["capacity"]
    return {code: in_language(row) for code, row in capacities.items()}


def is_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def in_language(words: Mapping[str, Any], name: str = "") -> str:
    """The text of ``words`` in the reader's language: keys "zh"/"en", or "<name>_zh" …."""
    prefix = f"{name}_" if name else ""
    first, second = ("zh", "en") if is_chinese() else ("en", "zh")
    return str(words.get(f"{prefix}{first}") or words.get(f"{prefix}{second}") or "")


def reason_of_another(why: Mapping[str, Any]) -> str:
    """The reason a plan gives to its addressee, as somebody else reads it: of the post, not "you".

    The plan froze the sentence; only its pronouns change.
    """
    text = in_language(why)
    for pattern, word in _OF_THE_POST:
        text = re.sub(pattern, word, text)
    return text


def hazard_words(words: Mapping[str, Any]) -> str:
    """The hazard as an alert's words tell it ("受限事件" where it may not be told)."""
    return in_language(words, "hazard")


def joined(parts: Iterable[str]) -> str:
    """Several things in one breath: "安全专干、班主任" or "safety officer, class teacher"."""
    return ("、" if is_chinese() else ", ").join(dict.fromkeys(parts))


def capacities_in_words(rows: Iterable[Obligation], words: Mapping[str, str]) -> str:
    """The capacities of ``rows`` named together, the secretary before the director."""
    ranked = sorted(rows, key=lambda o: (_RANKS.get(o.line, len(_RANKS)), o.pk))
    return joined(_short(o, words) for o in ranked)


def _short(o: Obligation, words: Mapping[str, str]) -> str:
    """A capacity as people call themselves: 书记, 校长, 班主任."""
    if o.capacity == "SCH_DIRECT" and o.post is not None and not o.climbed_from:
        return str(o.post.name)
    if o.capacity in _CHIEFS:
        return str(_CHIEFS[o.capacity])
    return words.get(o.capacity, o.capacity)
