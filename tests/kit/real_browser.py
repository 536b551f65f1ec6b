"""Debian's own Chromium, driven by Playwright; a machine without it proves nothing here."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.kit.console import PASSWORD
from tests.kit.proven import not_proven

PICTURES = Path(__file__).parents[2] / "out" / "console"
SERIOUS = ("serious", "critical")
_PATIENCE_MS = 20_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, started once for many visits."""
    found = shutil.which("chromium")
    if found is None:
        not_proven("no Chromium here")
    with sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        except Error as error:
            not_proven(f"Chromium does not start: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@dataclass
class Tab:
    """One person's window: what they do, a picture of each step, what the browser complains of."""

    page: Page
    url: str
    lang: str
    theme: str
    step: int = 0
    complaints: list[str] = field(default_factory=list)

    def log_in(self, name: str) -> None:
        self.page.goto(f"{self.url}/console/")
        self.page.fill("#name", name)
        self.page.fill("#secret", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.url}/console/")

    def picture(self, name: str) -> None:
        """Look at the page: a picture for people, and the accessibility check."""
        self.step += 1
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(
            path=PICTURES / f"{self.lang}-{self.step:02d}-{name}.png", full_page=True
        )
        self.complaints += [f"{name}: {one}" for one in barriers(self.page)]


def barriers(page: Page) -> list[str]:
    """What axe finds that keeps somebody out, seriously."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in SERIOUS
    ]


@contextmanager
def tab(browser: Browser, url: str, lang: str, theme: str, width: int = 1366) -> Iterator[Tab]:
    """A window of somebody new, in their language and theme."""
    locale = "zh-CN" if lang == "zh_CN" else "en-GB"
    size = {"width": width, "height": 768}
    context = browser.new_context(viewport=size, locale=locale, color_scheme=theme)
    context.set_default_timeout(_PATIENCE_MS)
    page = context.new_page()
    opened = Tab(page, url, lang, theme)
    page.on("console", lambda said: opened.complaints.append(said.text))
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    try:
        yield opened
    finally:
        context.close()
