"""What stations may load unheard, decided in the console by two people, and what becomes of it."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from html import unescape

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError

from cardstation.central import granting
from cardstation.central.console.roles import Role
from cardstation.central.grants import STATION, held, offline_grants
from cardstation.domain.granted import Given
from cardstation.domain.money import Money
from cardstation.domain.offline_grant import Terms
from tests.kit.console import Browser, Town, logged_in, person
from tests.kit.grants import allowed, terms
from tests.kit.postgres import Centre, TestKey

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

FORM = {
    "holds": "station",
    "name": "S001",
    "team": "",
    "yuan": "20000",
    "hours": "24",
    "card_yuan": "2000",
    "list_hours": "72",
    "reason": "doc 7",
}


@pytest.fixture
def town(centre: Centre) -> Town:
    found = Town(centre)
    found.station("S001")
    return found


@pytest.fixture
def people(town: Town) -> Centre:
    centre = town.centre
    person(centre.books, "anna", Role.SUPERVISOR)
    person(centre.books, "ben", Role.TREASURER)
    person(centre.books, "tom", Role.TELLER)
    return centre


def proposed(browser: Browser, form: Mapping[str, str]) -> int:
    """Answers with the status: 303 = it waits."""
    return browser.post("grants", **form).status_code


def decided(centre: Centre, who: str = "ben") -> int:
    with logged_in(centre, who) as browser:
        shown = browser.get("proposals").text
        (number, *_) = re.findall(r'id="p(\d+)"', shown)
        return browser.post(f"proposals/{number}", verdict="approved").status_code


def rows(centre: Centre) -> dict[str, Terms]:
    with centre.books.engine.connect() as connection:
        return {one.name: one.terms for one in held(connection, STATION)}


def test_one_person_proposes_and_another_decides(people: Centre) -> None:
    with logged_in(people, "anna") as browser:
        assert proposed(browser, FORM) == 303
        assert rows(people) == {}
        assert "¥20,000.00" in unescape(browser.get("proposals").text)
    assert decided(people, "anna") != 303
    assert rows(people) == {}
    assert decided(people) == 303
    assert rows(people) == {"S001": Terms(Money(2_000_000), 24, Money(200_000), 72)}


def test_a_teller_proposes_nothing(people: Centre) -> None:
    with logged_in(people, "tom") as browser:
        assert proposed(browser, FORM) == 403
        assert browser.get("grants").status_code == 200


FIGURES = (
    *("", "-1", str(2**63), "9" * 5000, "1e3", "NaN", "1.234", "ten", "0x10", "\0", "10\n11"),
    "٣٣",
)


def test_no_figure_breaks_the_form(people: Centre) -> None:
    """Money reads figures of any script, so the last of them may be proposed."""
    for name in ("yuan", "hours", "card_yuan", "list_hours"):
        with logged_in(people, "anna") as browser:
            told = {figure: proposed(browser, {**FORM, name: figure}) for figure in FIGURES}
        assert {figure for figure, status in told.items() if status >= 500} == set(), name
        assert {figure for figure, status in told.items() if status == 303} <= {"٣٣"}, name


def test_no_missing_field_breaks_the_form(people: Centre) -> None:
    told = {}
    with logged_in(people, "anna") as browser:
        for missing in FORM:
            form = {key: value for key, value in FORM.items() if key != missing}
            told[missing] = proposed(browser, form)
    assert told == {**dict.fromkeys(FORM, 422), "holds": 303}, "without a team it waits already"


def test_figures_of_nothing_are_given_and_shown(people: Centre, town: Town) -> None:
    nothing = {**FORM, "yuan": "0", "hours": "0", "card_yuan": "0", "list_hours": "0"}
    with logged_in(people, "anna") as browser:
        assert proposed(browser, nothing) == 303
    assert decided(people) == 303
    told = town.station("S001")[0].head().grant
    assert told is not None
    assert (told.told.grant.terms.money, told.told.runs_ns) == (Money(0), 0)
    with logged_in(people, "anna") as browser:
        assert browser.get("grants").status_code == 200


def test_two_spellings_of_a_team_are_one_team_and_its_ceiling_holds(people: Centre) -> None:
    Town(people).station("S002")
    ceiling = {"holds": "team", "name": "ｎorth  1", "yuan": "25000", "reason": "doc"}
    with logged_in(people, "anna") as browser:
        assert proposed(browser, {**FORM, "team": "North 1"}) == 422
        assert proposed(browser, ceiling) == 303
    assert decided(people) == 303
    with logged_in(people, "anna") as browser:
        assert proposed(browser, {**FORM, "team": "North 1"}) == 303
    assert decided(people) == 303
    with logged_in(people, "anna") as browser:
        second = {**FORM, "name": "S002", "team": "NORTH 1"}
        assert proposed(browser, second) == 422
        assert proposed(browser, {**second, "yuan": "5000"}) == 303
        assert proposed(browser, {**ceiling, "yuan": "19999"}) == 422
    assert decided(people) == 303


def test_what_was_decided_meanwhile_counts_when_it_is_approved(people: Centre) -> None:
    Town(people).station("S002")
    allowed(people.books, "NORTH", Terms(Money(2_500_000), 0, Money(0), 0), holds="team")
    with logged_in(people, "anna") as browser:
        assert proposed(browser, {**FORM, "team": "north"}) == 303
        assert proposed(browser, {**FORM, "name": "S002", "team": "north"}) == 303
    assert decided(people) == 303
    assert decided(people) == 422
    assert set(rows(people)) == {"S001"}


def test_a_station_nobody_enrolled_is_allowed_nothing(people: Centre) -> None:
    with logged_in(people, "anna") as browser:
        for name in ("S999", "s001", "centre", "<script>"):
            assert proposed(browser, {**FORM, "name": name}) == 422


def test_what_a_station_used_is_seen_with_its_grant(people: Centre, town: Town) -> None:
    allowed(people.books, "S001", terms(20_000))
    ledger, chain = town.station("S001")
    told = ledger.head().grant
    assert told is not None
    number = told.told.grant.number
    hostile = ["grant -1", f"grant {2**63}", "grant x", "grant ", "grant ٣", "granted"]
    said = [f"grant {number}", f"grant {number}", *hostile]
    entries = [
        chain.add("armed", fen=12_300, subject=f"t{n}", witness=one) for n, one in enumerate(said)
    ]
    ledger.push(entries, ledger.head().nonce)
    with logged_in(people, "anna") as browser:
        shown = unescape(browser.get("grants").text)
        assert "¥246.00" in shown
        assert "S001" in browser.get("exports/grants.csv").text


def test_a_replay_posts_what_was_used_once(people: Centre, town: Town) -> None:
    allowed(people.books, "S001", terms(20_000))
    ledger, chain = town.station("S001")
    raw = chain.add("armed", fen=12_300, subject="t", witness="grant 5")
    for _ in range(2):
        ledger.push([raw], ledger.head().nonce)
    with people.books.engine.connect() as connection:
        posted = connection.scalar(select(offline_grants.c.posted_fen))
    assert posted == 12_300


def test_two_stations_of_a_team_that_ask_at_once_share_its_room(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first has looked what is left, and has not said yet what it takes."""
    lines = {name: centre.station(name, TestKey()) for name in ("S001", "S002")}
    allowed(centre.books, "NORTH", terms(10_000, hours=0, card_yuan=0, list_hours=0), holds="team")
    for name in lines:
        allowed(centre.books, name, terms(10_000), "NORTH")
    looked, answered = threading.Event(), threading.Event()
    real = granting.keep_given

    def keep(connection: Connection, given: Given) -> None:
        if given.grant.station == "S001":
            looked.set()
            answered.wait(8)
        real(connection, given)

    monkeypatch.setattr(granting, "keep_given", keep)
    told: list[int] = []

    def ask(name: str) -> None:
        found = lines[name].head().grant
        told.append(-1 if found is None else found.told.grant.terms.money.fen)

    first = threading.Thread(target=ask, args=("S001",))
    first.start()
    assert looked.wait(8)
    ask("S002")
    answered.set()
    first.join()
    ask("S002")
    assert told == [-1, 1_000_000, 0]


def test_two_questions_at_once_are_one_grant(centre: Centre) -> None:
    ledger = centre.station()
    allowed(centre.books, "S001", terms())
    told: list[int] = []

    def ask() -> None:
        found = ledger.head().grant
        if found is not None:
            told.append(found.told.grant.number)

    hands = [threading.Thread(target=ask) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(set(told)) == 1


def test_the_database_gives_nothing_that_two_people_did_not_decide(people: Centre) -> None:
    allowed(people.books, "S002", terms(100))
    with (
        pytest.raises(IntegrityError, match="about something else"),
        people.books.engine.begin() as connection,
    ):
        connection.execute(text("UPDATE offline_grants SET fen = fen + 1"))
    statement = (
        "INSERT INTO offline_grants (holds, name, team, fen, hours, card_fen, list_hours, proposal)"
        " VALUES ('station', 'S001', '', 1, 1, 1, 1, 99)"
    )
    with (
        pytest.raises(IntegrityError, match="about something else"),
        people.books.engine.begin() as connection,
    ):
        connection.execute(text(statement))
