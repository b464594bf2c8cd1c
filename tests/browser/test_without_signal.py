"""Nothing unsent is called sent, and what is sent twice arrives once."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.browser.conftest import PHONE
from tests.browser.filing import FirstReport


def filed(home, place: str) -> int:
    return int(
        home.run_python(
            "from incidents.cases.models import Incident\n"
            f"print(Incident.objects.filter(place={place!r}).count())"
        )
    )


def test_an_offline_report_says_not_received_and_arrives_once(windows, home):
    place = "后山水塘"
    phone = windows.open_for("school.safety_staff", **PHONE)
    report = FirstReport(phone)
    report.write_drowning(place)
    panel = phone.locator("[data-unsent]")

    phone.context.set_offline(offline=True)
    report.send()
    expect(panel).to_be_visible()
    expect(panel.locator("h2")).to_contain_text("未送达")
    assert filed(home, place) == 0

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    # The line comes back, but the first answer gets lost on its way.
    phone.route("**/report/", lose_the_answer)
    phone.context.set_offline(offline=False)
    phone.locator("[data-retry]").tap()
    expect(panel).to_be_visible()
    phone.wait_for_timeout(500)
    assert filed(home, place) == 1

    phone.unroute("**/report/")
    phone.wait_for_url("**/report/*-*/", timeout=30_000)
    assert filed(home, place) == 1
    assert phone.evaluate("localStorage.getItem('filing.waiting')") is None


def test_a_confidential_report_leaves_nothing_on_the_phone(windows):
    phone = windows.open_for("school.safety_staff", **PHONE)
    phone.goto("/report/")
    phone.locator(".sealed-entry summary").tap()
    phone.locator("label.choice", has=phone.locator("input[name=hazard][data-sealed]")).first.tap()
    phone.locator("label.choice", has=phone.locator("input[value=unknown]")).tap()

    phone.context.set_offline(offline=True)
    phone.locator("[data-step='2'] .step-end .btn-primary").tap()

    expect(phone.locator("[data-unsent]")).to_be_visible()
    expect(phone.locator("[data-unsent-sealed]")).to_be_visible()
    assert phone.evaluate("Object.keys(localStorage).filter(k => k.startsWith('filing'))") == []
