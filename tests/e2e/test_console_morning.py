"""A supervisor's morning in ten steps, in a real browser, in both languages and both themes.

Each step leaves a picture in `out/console` and is checked by axe: nothing serious may keep anybody
out, and the browser may not complain of anything (a broken policy, a script that fails).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from cardstation.central.console.pages import PAGES
from cardstation.central.console.roles import Role
from cardstation.i18n import Translator, translator
from tests.kit.console import Town, first_admins, person
from tests.kit.postgres import Centre
from tests.kit.real_browser import Tab, chromium, tab

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def town(centre: Centre) -> Town:
    made = Town(centre)
    made.fortnight()
    made.doubts()
    made.bags()
    made.told()
    made.filed()
    made.tills()
    made.night()
    first_admins(centre.books)
    return made


@pytest.mark.parametrize(("lang", "theme"), [("zh_CN", "light"), ("en", "dark")])
def test_a_morning_in_ten_steps(browser: Browser, town: Town, lang: str, theme: str) -> None:
    t, url = translator(lang), town.centre.url
    with tab(browser, url, lang, theme) as chen, tab(browser, url, lang, theme) as zhao:
        come_in(chen, t)
        look_around(chen, t)
        explain_what_is_in_doubt(chen, zhao, t)
        block_a_lost_card(chen, t)
        prove_the_books_and_go(chen, t)
        assert chen.step == 10
        assert chen.complaints == []
        assert zhao.complaints == []


def come_in(chen: Tab, t: Translator) -> None:
    chen.page.goto(f"{chen.url}/console/")
    expect(chen.page.get_by_role("heading", level=1)).to_have_text(t("Central ledger"))
    chen.picture("login")
    chen.log_in("chen")
    expect(chen.page.get_by_role("heading", level=1)).to_have_text(t("Today"))
    expect(chen.page.get_by_role("img", name=t("Cards per hour"))).to_be_visible()
    chen.picture("today")


def look_around(chen: Tab, t: Translator) -> None:
    """By the keyboard alone."""
    chen.page.keyboard.press("g")
    chen.page.keyboard.press("s")
    expect(chen.page.get_by_role("heading", level=1)).to_have_text(t("Stations"))
    expect(chen.page.get_by_role("link", name="S003")).to_be_visible()
    chen.picture("stations")
    chen.page.keyboard.press("g")
    chen.page.keyboard.press("o")
    expect(chen.page.get_by_role("cell", name="铁北专班")).to_be_visible()
    chen.picture("board")
    chen.page.keyboard.press("/")
    chen.page.keyboard.type("0000001003")
    chen.page.keyboard.press("Enter")
    expect(chen.page.get_by_role("heading", level=1)).to_contain_text("0000001003")
    chen.picture("household")


def explain_what_is_in_doubt(chen: Tab, zhao: Tab, t: Translator) -> None:
    chen.page.keyboard.press("g")
    chen.page.keyboard.press("x")
    chen.page.get_by_role("link", name=t("Same load twice")).first.click()
    expect(chen.page.get_by_text(t("What stands against it"))).to_be_visible()
    chen.picture("item")
    chen.page.get_by_label(t("What was it, and how was it put right?")).fill("S002 补录，款已退")
    chen.page.get_by_role("button", name=t("Explain"), exact=True).click()
    waits = chen.page.get_by_role("link", name=t("Waits for a second person"))
    expect(waits).to_be_visible()
    zhao.log_in("zhao")
    zhao.page.goto(f"{zhao.url}/console/proposals")
    zhao.page.get_by_role("button", name=t("Approve"), exact=True).click()
    expect(zhao.page.get_by_role("status")).to_contain_text(t("Approved; it is in force."))
    waits.click()
    expect(chen.page.get_by_text("S002 补录，款已退")).to_be_visible()
    chen.picture("two-persons")


def block_a_lost_card(chen: Tab, t: Translator) -> None:
    chen.page.keyboard.press("g")
    chen.page.keyboard.press("k")
    chen.page.get_by_label(t("Card number"), exact=True).fill("88010000001003")
    chen.page.get_by_label(t("Why")).fill("挂失")
    chen.page.get_by_role("button", name=t("Propose"), exact=True).click()
    waits = t("Your proposal waits for a second person.")
    expect(chen.page.get_by_role("status")).to_contain_text(waits)
    chen.picture("blacklist")


def prove_the_books_and_go(chen: Tab, t: Translator) -> None:
    chen.page.keyboard.press("g")
    chen.page.keyboard.press("r")
    chen.page.get_by_role("button", name=t("Prove now")).click()
    proved = chen.page.locator("#proofs").get_by_text(t("agrees"))
    for _ in range(200):
        if proved.count():
            break
        chen.page.reload()
    expect(proved).to_be_visible()
    with chen.page.expect_download() as taken:
        chen.page.locator(".head", has_text=t("Books per station")).get_by_text("XLSX").click()
    assert taken.value.suggested_filename.startswith("books-")
    chen.picture("reconciliation")
    chen.page.get_by_role("button", name=t("Log out")).click()
    expect(chen.page.get_by_role("status")).to_have_text(t("You are logged out."))
    chen.page.go_back()
    expect(chen.page.get_by_role("button", name=t("Log in"))).to_be_visible()
    chen.picture("logged-out")


WALL = 3840
"""Pixels; there a part of the pages is looked at."""


def test_every_page_is_open_to_everybody_from_tablet_to_wall(browser: Browser, town: Town) -> None:
    """Each page once more, small and huge, for somebody with every role."""
    person(town.centre.books, "everything", *Role)
    fields = {"{station}": "S002", "{number}": "1", "{batch}": "2026-11-25-02"}
    for width, theme in ((768, "light"), (WALL, "dark")):
        with tab(browser, town.centre.url, "zh_CN", theme, width) as seen:
            seen.log_in("everything")
            for page in PAGES if width < WALL else PAGES[::4]:
                address = page.address
                for name, value in fields.items():
                    address = address.replace(name, value)
                seen.page.goto(f"{seen.url}/console/{address}")
                wide = "document.documentElement.scrollWidth - window.innerWidth"
                assert seen.page.evaluate(wide) <= 0, page.name
                seen.picture(f"{width}-{page.name}")
            assert seen.complaints == []
