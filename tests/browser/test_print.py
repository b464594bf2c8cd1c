"""What is printed, in a real browser."""

from __future__ import annotations

from uuid import uuid4

from django.utils.timezone import now
from playwright.sync_api import expect

from tests.house import file_incident

DROWNING = {"hazard": "DROWN", "people": "counted", "missing": 1, "place": "walk"}


def test_paper_shows_what_is_folded_and_until_when(windows, home, server):
    """Folds are open, clocks say until when, grades are black, and there are no controls."""
    body = {"school": "5201210001", "aware_at": now().isoformat(), **DROWNING}
    status, said, _ = file_incident(
        server.port, home.tokens["school.safety_staff"], str(uuid4()), body
    )
    assert status == 201, said
    page = windows.open_for("county.duty_officer")
    page.goto("/mine/")
    page.locator(".matter h4 a").first.click()
    expect(page.locator("button[data-print]")).to_be_visible()
    expect(page.locator("details.told[open]")).to_have_count(0)

    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    expect(page.locator("details.told:not([open])")).to_have_count(0)
    expect(page.locator(".page-actions")).to_be_hidden()
    assert page.locator(".grade").first.evaluate("one => getComputedStyle(one).color") == (
        "rgb(0, 0, 0)"
    )
    clock = page.locator(".told [data-on-paper]").first
    said = clock.evaluate("one => getComputedStyle(one, '::before').content")
    assert clock.get_attribute("data-on-paper") in said
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("details.told[open]")).to_have_count(0)


def test_a_printed_case_shows_everybody_who_was_told(windows, home, server):
    """On the screen only the reader's own floor is open."""
    body = {"school": "5201210001", "aware_at": now().isoformat(), **DROWNING}
    status, said, _ = file_incident(
        server.port, home.tokens["school.safety_staff"], str(uuid4()), body
    )
    assert status == 201, said
    page = windows.open_for("county.duty_officer")
    page.goto(f"/incidents/{said['ref']}/")
    expect(page.locator("details.fold[open] h3")).to_have_text(["区县"])
    expect(page.locator("details.fold:not([open])")).to_have_count(2)

    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    expect(page.locator("details.fold:not([open])")).to_have_count(0)
    for part in page.locator("details.fold tbody tr").all():
        expect(part).to_be_visible()
