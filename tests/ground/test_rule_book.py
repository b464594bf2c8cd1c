"""Publishing the rule book: checked by its sections, numbered, and never twice the same."""

from __future__ import annotations

import copy

import pytest
from django.core.management import call_command
from django.db.models import Min

from safety.errors import Conflict, Refused
from safety.ledger.actions import SYSTEM
from safety.ledger.models import Event
from safety.rules import actions, registry
from safety.rules.actions import default_content, publish_rules
from safety.rules.models import RuleBook
from safety.rules.registry import Section, sections
from safety.rules.selectors import content_of, current_rules

pytestmark = pytest.mark.usefixtures("city")


def publish(content):
    return publish_rules(content=content, note="", actor=SYSTEM)


@pytest.fixture
def section(monkeypatch):
    """One more section, which holds a number above zero."""

    def check(content):
        if content["ground"]["number"] <= 0:
            raise ValueError("ground.number must be above zero")

    monkeypatch.setattr(registry, "_sections", dict(registry._sections))
    registry.register(Section(name="ground", default=lambda: {"number": 1}, check=check))


def test_the_same_content_is_the_same_version(section):
    content = default_content()
    first = publish(content)
    events = Event.objects.count()

    again = publish(copy.deepcopy(content))

    assert again.pk == first.pk
    assert RuleBook.objects.filter(digest=first.digest).count() == 1
    assert Event.objects.count() == events


def test_the_order_of_keys_is_no_new_version():
    content = default_content()
    first = publish(content)

    assert publish(dict(reversed(content.items()))).pk == first.pk


def test_other_content_is_the_next_version_and_the_ledger_knows(section):
    first = publish(default_content())
    content = default_content() | {"ground": {"number": 2}}

    second = publish_rules(content=content, note="二", actor=SYSTEM)

    assert second.number == first.number + 1
    assert current_rules().pk == second.pk
    assert content_of(first)["ground"] == {"number": 1}
    assert content_of(second)["ground"] == {"number": 2}
    told = Event.objects.filter(verb="rules.published").order_by("-id")[0]
    assert (told.subject_ref, told.body["digest"]) == (str(second.number), second.digest)


def test_going_back_to_older_content_is_a_version_of_its_own(section):
    old = default_content()
    first = publish(old)
    publish(default_content() | {"ground": {"number": 2}})

    third = publish(old)

    assert third.number == first.number + 2
    assert third.digest == first.digest


@pytest.mark.parametrize(
    "wrong", [{"number": 0}, {"number": "many"}, {}, None], ids=["value", "type", "key", "shape"]
)
def test_a_wrong_section_is_named_and_nothing_is_published(section, wrong):
    books, events = RuleBook.objects.count(), Event.objects.count()

    with pytest.raises(Refused) as refused:
        publish(default_content() | {"ground": wrong})

    [problem] = refused.value.problems
    assert problem.field == "ground"
    assert problem.message
    assert problem.remedy
    assert (RuleBook.objects.count(), Event.objects.count()) == (books, events)


def test_of_two_who_publish_at_once_the_second_is_told(section, monkeypatch):
    # As if the newest number had been read before the other one was committed.
    publish(default_content() | {"ground": {"number": 7}})
    first = publish(default_content())
    monkeypatch.setattr(actions, "Max", Min)

    with pytest.raises(Conflict):
        publish(default_content() | {"ground": {"number": 2}})

    assert current_rules().pk == first.pk


@pytest.mark.parametrize("name", [section.name for section in sections()])
def test_a_missing_section_is_named(name):
    content = default_content()
    del content[name]

    with pytest.raises(Refused) as refused:
        publish(content)

    assert name in {problem.field for problem in refused.value.problems} or name in str(
        refused.value
    )


def test_without_any_version_the_reader_is_told_what_to_do(empty_house):
    with pytest.raises(Refused) as refused:
        current_rules()

    assert "publish_rules" in refused.value.problems[0].remedy


def test_the_command_publishes_the_shipped_rules_once(empty_house):
    call_command("publish_rules", verbosity=0)
    call_command("publish_rules", verbosity=0)

    [book] = RuleBook.objects.all()
    assert set(book.content) == {section.name for section in sections()}
