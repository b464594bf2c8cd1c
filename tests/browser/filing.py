"""What a school officer does on a phone, as a few verbs."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


class FirstReport:
    """The filing page of a phone; counts the inputs that a person makes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.inputs = 0
        page.goto("/report/")

    def tap(self, target: Locator) -> None:
        self.inputs += 1
        target.tap()

    def write_drowning(self, place: str) -> None:
        """Four inputs: tile, one missing, on to the place, the place in a few words."""
        page = self.page
        self.tap(page.locator("label.tile", has=page.locator("input[value=DROWN]")))
        missing = page.locator(".stepper", has=page.locator("[name=missing]"))
        self.tap(missing.locator("[data-count='1']"))
        self.tap(page.locator("[data-step='2'] [data-go='3']"))
        self.inputs += 1
        page.fill("[name=place]", place)

    def send(self) -> None:
        self.tap(self.page.locator("[data-step='3'] .step-end button"))

    def file_drowning(self, place: str) -> None:
        self.write_drowning(place)
        self.send()
        self.page.wait_for_url("**/report/*-*/")
