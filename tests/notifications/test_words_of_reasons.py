"""A reason says "you" to its addressee only; to anybody else it speaks of the post."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.utils import translation

from notifications.words import reason_of_another
from safety.rules.selectors import content_of, current_rules


def test_no_sentence_of_the_rule_book_says_you_to_somebody_else(city):
    reasons = content_of(current_rules())["responsibility"]["why"]

    for reason in reasons.values():
        with translation.override("zh-hans"):
            assert "您" not in reason_of_another(reason)
        with translation.override("en"):
            assert not re.search(r"\byour?\b", reason_of_another(reason))


@pytest.mark.parametrize(
    ("zh", "en", "other_zh", "other_en"),
    [
        (
            "您分管安全工作",
            "safety is your portfolio",
            "该岗分管安全工作",
            "safety is this post's portfolio",
        ),
        ("信息报送由您岗负责", "it climbs to you", "信息报送由该岗负责", "it climbs to this post"),
        ("您在值班", "you are on duty", "该岗在值班", "this post is on duty"),
        ("由您主管", "which you own", "由该岗主管", "which this post owns"),
    ],
)
def test_the_pronoun_becomes_the_post(zh, en, other_zh, other_en):
    with translation.override("zh-hans"):
        assert reason_of_another({"zh": zh, "en": en}) == other_zh
    with translation.override("en"):
        assert reason_of_another({"zh": zh, "en": en}) == other_en


def test_the_page_of_an_incident_says_you_once_for_each_own_capacity(city, client):
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    city.sign_in(client, "county.duty_officer")

    page = unescape(client.get(f"/incidents/{incident.ref}/").content.decode())

    told = page.split('class="table table-stack"', 1)[1].split("</main>")[0]
    assert told.count("您在值班") == told.count("您") == 1
    assert "该岗分管安全工作" in told
