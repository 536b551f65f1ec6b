"""Who comes into the console, for how long, and what a browser is told not to do."""

from __future__ import annotations

import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

import httpx
import pytest
from sqlalchemy import text

from cardstation.central.console import passwords, people, sessions
from cardstation.central.console.audit import LOGIN_FAILED, record_act
from cardstation.central.console.audit import unknown as unknown_name
from cardstation.central.console.pages import ACTS, EXPORTS, PAGES
from cardstation.central.console.roles import Right, Role, rights_of
from cardstation.central.console.sessions import WRONG_OF_A_NAME
from cardstation.central.console.tables import COMMAND_LINE
from cardstation.central.engine import transaction
from tests.kit.console import PASSWORD, Browser, Town, logged_in, person
from tests.kit.postgres import Books, Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|javascript:", re.IGNORECASE)


def filled(path: str) -> str:
    """An address with something for each of its fields."""
    for field, value in (("station", "S001"), ("number", "1"), ("batch", "2026-11-25-01")):
        path = path.replace(f"{{{field}}}", value)
    return path


def addresses() -> list[str]:
    exports = [f"exports/{one.name}.{kind}" for one in EXPORTS for kind in ("csv", "xlsx")]
    return [*(filled(page.address) for page in PAGES), *exports]


def acts(books: Books) -> list[tuple[str, str, str]]:
    with books.owner.connect() as connection:
        rows = connection.execute(text("SELECT clerk, act, subject FROM acts ORDER BY number"))
        return [tuple(row) for row in rows]


def test_nothing_is_shown_to_who_is_not_logged_in(centre: Centre) -> None:
    town = Town(centre)
    town.doubts()
    town.filed()
    browser = Browser(centre.url)
    for address in addresses():
        answer = browser.get(address)
        assert answer.status_code == 303, address
        assert answer.headers["location"].startswith("/console/login?go=/console/"), address
    for act in ACTS:
        answer = browser.client.post(f"/console/{filled(act.path)}", data={"csrf": ""})
        assert answer.status_code == 303, act.path
    browser.close()
    assert {act for _, act, _ in acts(centre.books)} == {"station_enrolled"}


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_its_pages_and_no_others(centre: Centre, role: Role) -> None:
    town = Town(centre)
    town.doubts()
    town.bags()
    town.filed()
    rights = rights_of([role])
    with logged_in(centre, person(centre.books, "somebody", role)) as browser:
        for page in PAGES:
            allowed = page.right is None or page.right in rights
            answer = browser.get(filled(page.address))
            assert answer.status_code == (200 if allowed else 403), page.name
        for one in EXPORTS:
            allowed = {Right.EXPORT, one.right} <= rights
            answer = browser.get(f"exports/{one.name}.csv")
            assert answer.status_code == (200 if allowed else 403), one.name
        for act in ACTS:
            if act.right is not None and act.right not in rights:
                answer = browser.post(filled(act.path))
                assert answer.status_code == 403, act.path


def test_a_wrong_password_and_a_name_nobody_has_are_told_the_same(centre: Centre) -> None:
    person(centre.books, "chen", Role.SUPERVISOR)
    browser = Browser(centre.url)
    wrong, unknown = browser.log_in("chen", "not this one"), browser.log_in(PASSWORD, PASSWORD)
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.text == unknown.text
    browser.close()
    assert acts(centre.books) == [
        ("chen", "login_failed", ""),
        (unknown_name(PASSWORD), "login_failed", ""),
    ]
    assert PASSWORD not in unknown_name(PASSWORD)


def test_a_name_nobody_has_is_locked_as_any_other(centre: Centre) -> None:
    """Else five wrong passwords would tell who there is."""
    person(centre.books, "chen", Role.SUPERVISOR)
    browser = Browser(centre.url)
    for name in ("chen", "nobody"):
        for _ in range(WRONG_OF_A_NAME):
            assert browser.log_in(name, "guess").status_code == 401
        assert browser.log_in(name, "guess").status_code == 429
    browser.close()


def test_who_guesses_elsewhere_keeps_nobody_out(centre: Centre) -> None:
    person(centre.books, "chen", Role.SUPERVISOR)
    with transaction(centre.books.engine) as connection:
        for _ in range(WRONG_OF_A_NAME):
            record_act(connection, "chen", LOGIN_FAILED, address="192.0.2.7")
    with logged_in(centre, "chen") as browser:
        assert browser.get().status_code == 200


def test_the_own_password_is_no_place_to_guess(centre: Centre) -> None:
    with logged_in(centre, person(centre.books, "chen", Role.SUPERVISOR)) as browser:
        guess = {"secret_old": "guess", "secret_new": "a" * 12, "secret_again": "a" * 12}
        for _ in range(WRONG_OF_A_NAME):
            assert browser.post("password", **guess).status_code == 422
        assert browser.post("password", **guess).status_code == 429
    failed = [one for one in acts(centre.books) if one[1] == "login_failed"]
    assert failed == [("chen", "login_failed", "")] * WRONG_OF_A_NAME


@pytest.mark.parametrize(
    ("role", "stays"), [(Role.SUPERVISOR, 303), (Role.TELLER, 200)], ids=["acts", "looks"]
)
def test_a_page_that_reloads_itself_keeps_no_desk_open(
    centre: Centre, role: Role, stays: int
) -> None:
    """But a screen on the wall, whose person can do nothing but look."""
    with logged_in(centre, person(centre.books, "chen", role)) as browser:
        for _ in range(2):
            with centre.books.owner.begin() as connection:
                connection.execute(
                    text("UPDATE people_sessions SET seen_at = seen_at - interval '20 minutes'")
                )
            last = browser.get(by_itself="1").status_code
        assert last == stays


def test_too_many_wrong_ones_close_the_door_also_to_the_right_one(centre: Centre) -> None:
    person(centre.books, "chen", Role.SUPERVISOR)
    browser = Browser(centre.url)
    for _ in range(WRONG_OF_A_NAME):
        assert browser.log_in("chen", "guess").status_code == 401
    assert browser.log_in("chen").status_code == 429
    with centre.books.owner.begin() as connection:
        connection.execute(text("UPDATE acts SET at = at - interval '16 minutes'"))
    assert browser.log_in("chen").status_code == 303
    browser.close()


def test_a_flood_of_logins_keeps_no_station_waiting(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every login hangs; a station is answered all the same, and the next login at once."""
    town = Town(centre)
    town.sell("S001", 1)
    free = threading.Event()

    def slow(_kept: str, _secret: str) -> bool:
        return free.wait(60) and False

    def attempt(name: str) -> int:
        browser = Browser(centre.url)
        try:
            return browser.log_in(name).status_code
        finally:
            browser.close()

    monkeypatch.setattr(sessions, "opens", slow)
    monkeypatch.setattr(passwords, "_PATIENCE_S", 60.0)
    turned_away = 0
    with ThreadPoolExecutor(40) as crowd:
        started = [crowd.submit(attempt, f"n{at}") for at in range(40)]
        try:
            for one in as_completed(started, 60):
                turned_away += one.result() == 503
                if turned_away == 32:
                    break
            town.sell("S001", 2)
        finally:
            free.set()


@pytest.mark.parametrize(
    "aged",
    [
        "UPDATE people_sessions SET seen_at = seen_at - interval '31 minutes'",
        "UPDATE people_sessions SET started_at = started_at - interval '11 hours'",
    ],
    ids=["idle", "long"],
)
def test_a_session_ends_by_itself(centre: Centre, aged: str) -> None:
    with logged_in(centre, person(centre.books, "chen", Role.SUPERVISOR)) as browser:
        assert browser.get().status_code == 200
        with centre.books.owner.begin() as connection:
            connection.execute(text(aged))
        assert browser.get().status_code == 303


def test_who_leaves_is_out_and_the_old_cookie_opens_nothing(centre: Centre) -> None:
    with logged_in(centre, person(centre.books, "chen", Role.SUPERVISOR)) as browser:
        kept = dict(browser.client.cookies)
        assert browser.post("logout").headers["location"].startswith("/console/login")
        assert httpx.get(f"{centre.url}/console/", cookies=kept).status_code == 303
    assert [act for _, act, _ in acts(centre.books)] == ["login", "logout"]


def test_who_is_retired_is_out_at_once(centre: Centre) -> None:
    with logged_in(centre, person(centre.books, "chen", Role.SUPERVISOR)) as browser:
        with transaction(centre.books.engine) as connection:
            people.retire_person(connection, "chen", given_by=COMMAND_LINE)
        assert browser.get().status_code == 303
        assert browser.log_in("chen").status_code == 401


def test_a_password_of_somebody_else_opens_its_own_change_only(centre: Centre) -> None:
    with transaction(centre.books.engine) as connection:
        first = people.add_person(
            connection, "chen", "陈静", [Role.SUPERVISOR], given_by=COMMAND_LINE
        )
    browser = Browser(centre.url)
    assert browser.log_in("chen", first).status_code == 303
    assert "Choose your own password" in browser.get().text
    for new, again, code in (
        ("short", "short", 422),
        ("chen chen chen", "chen chen chen", 422),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", 422),
        (PASSWORD, "another one", 422),
        (PASSWORD, PASSWORD, 303),
    ):
        said = {"secret_old": first, "secret_new": new, "secret_again": again}
        answer = browser.post("password", **said)
        assert answer.status_code == code, new
        assert new not in answer.text
    assert browser.get().status_code == 303
    assert browser.log_in("chen").status_code == 303
    assert browser.get().status_code == 200
    browser.close()


FOREIGN: list[dict[str, str]] = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://elsewhere.example"},
    {"origin": "null"},
]


def test_a_form_of_another_site_is_refused(centre: Centre) -> None:
    with logged_in(centre, person(centre.books, "chen", Role.SUPERVISOR)) as browser:
        form = {"csrf": browser.csrf(), "name": "chen", "secret": PASSWORD}
        for headers in FOREIGN:
            for path in ("login", "logout", "blacklist"):
                answer = browser.client.post(f"/console/{path}", data=form, headers=headers)
                assert answer.status_code == 403, (path, headers)
                assert "set-cookie" not in answer.headers
        assert browser.get().status_code == 200


def test_a_form_that_was_not_given_out_is_refused(centre: Centre) -> None:
    with logged_in(centre, person(centre.books, "chen", Role.SUPERVISOR)) as browser:
        for csrf in ("", "x", "ü"):
            asked = {"card_no": "88010001", "reason": "lost", "csrf": csrf}
            assert browser.client.post("/console/blacklist", data=asked).status_code == 403
    with centre.books.owner.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM proposals")) == 0


NO_FORMS = {
    "large": (b"csrf=" + b"x" * 70_000, "application/x-www-form-urlencoded"),
    "many": (b"&".join([b"a=1"] * 300), "application/x-www-form-urlencoded"),
    "no utf-8": (b"csrf=%ff%fe", "application/x-www-form-urlencoded"),
    "not ascii": ("csrf=名".encode(), "application/x-www-form-urlencoded"),
    "json": (b"{}", "application/json"),
}


def test_what_is_no_form_is_refused(centre: Centre) -> None:
    with logged_in(centre, person(centre.books, "chen", Role.SUPERVISOR)) as browser:
        for name, (content, kind) in NO_FORMS.items():
            answer = browser.client.post(
                "/console/blacklist", content=content, headers={"content-type": kind}
            )
            assert answer.status_code == 422, name
            assert "Form not readable" in answer.text


def test_a_browser_runs_nothing_of_ours_inline(centre: Centre) -> None:
    town = Town(centre)
    town.doubts()
    town.bags()
    town.filed()
    roles = tuple(Role)
    with logged_in(centre, person(centre.books, "all", *roles)) as browser:
        pages = [filled(page.address) for page in PAGES]
        for address in (*pages, "login", "nowhere", "households?q=0000007001"):
            answer = browser.get(address)
            policy = answer.headers["content-security-policy"]
            assert "script-src 'self';" in policy
            assert "unsafe" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store"
            assert not INLINE.search(answer.text), address


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(centre: Centre) -> None:
    person(centre.books, "chen", Role.SUPERVISOR)
    browser = Browser(centre.url)
    kept = browser.log_in("chen").headers["set-cookie"].lower()
    assert all(part in kept for part in ("httponly", "samesite=strict", "path=/console"))
    browser.close()


def test_no_secret_is_in_the_books_or_the_log(
    centre: Centre, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    person(centre.books, "chen", Role.SUPERVISOR)
    with logged_in(centre, "chen") as browser:
        browser.get()
        cookie = browser.client.cookies["cs_session"]
        browser.post("password", secret_old=PASSWORD, secret_new="x", secret_again="y")
    with centre.books.owner.connect() as connection:
        tables = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).all()
        books = "".join(
            str(row) for name in tables for row in connection.execute(text(f"TABLE {name}"))
        )
    ours = " ".join(
        one.getMessage() for one in caplog.records if not one.name.startswith(("httpcore", "httpx"))
    )
    for secret in (PASSWORD, PASSWORD.replace(" ", "+"), cookie):
        assert secret not in books
        assert secret not in ours
    assert "chen" in books


def test_an_unknown_address_is_a_page_too(centre: Centre) -> None:
    with logged_in(centre, person(centre.books, "chen", Role.SUPERVISOR)) as browser:
        for address in ("nowhere", "static/..%2fapp.py", "stations/S999", "exports/day.exe"):
            answer = browser.get(address)
            assert answer.status_code == 404, address
            assert "No such page" in answer.text
        assert browser.get("suspense/99999999999999999999").status_code == 404
