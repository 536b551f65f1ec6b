"""One person is never two: how somebody comes in, goes, and what an approval is good for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from cardstation.central.console.proposals import Kind, propose
from cardstation.central.console.roles import Role
from cardstation.errors import Refusal
from tests.kit.console import Browser, logged_in, person, secret_in
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

WORD = "violet harbour"
DECIDED = text(
    "INSERT INTO decisions (proposal, made_by, kind, verdict, decided_by, words)"
    " VALUES (:number, 'anna', 'clerk', 'approved', :by, '')"
)


@pytest.fixture
def people(centre: Centre) -> Centre:
    for name in ("anna", "ben"):
        person(centre.books, name, Role.TREASURER, Role.SUPERVISOR, Role.STATION_ADMIN)
    return centre


def forget_failures(centre: Centre) -> None:
    """Failed logins of before count no more."""
    with centre.books.owner.begin() as connection:
        connection.execute(text("UPDATE acts SET at = at - interval '16 minutes'"))


def test_somebody_new_has_two_persons_behind_them(people: Centre) -> None:
    with logged_in(people, "anna") as anna, logged_in(people, "ben") as ben:
        new = {"name": "carl", "display": "卡尔", "role": ["teller"], "reason": "new hall"}
        assert "First word missing" in anna.post("people", **new, word="short").text
        assert anna.post("people", **new, word=WORD).status_code == 303
        code = secret_in(ben, 1)
        browser = Browser(people.url)
        # Neither who proposed nor who approved can be the person they made.
        for half in (WORD, code, f"{WORD}-", f"-{code}", f"{code}-{WORD}"):
            assert browser.log_in("carl", half).status_code == 401, half
        browser.close()
        forget_failures(people)
        browser = Browser(people.url)
        assert browser.log_in("carl", f"{WORD}-{code}").status_code == 303
        browser.close()
        assert code not in ben.get("proposals").text
        assert WORD not in ben.get("proposals").text
        assert ben.post("people/retire", name="carl", reason="left").status_code == 303
        assert "Retired" in anna.get("people").text


def test_nobody_decides_about_themselves(people: Centre) -> None:
    with logged_in(people, "anna") as anna, logged_in(people, "ben") as ben:
        anna.post("people", name="ben", role=["auditor"], reason="holidays")
        refused = ben.post("proposals/1", verdict="approved")
        assert refused.status_code == 422
        assert "It is about you" in refused.text
    with (
        pytest.raises(IntegrityError, match="is about ben"),
        people.books.engine.begin() as connection,
    ):
        connection.execute(DECIDED, {"number": 1, "by": "ben"})


def test_a_decision_allows_what_was_proposed_once(people: Centre) -> None:
    """The service's own role can use an approval for nothing and nobody else."""
    with logged_in(people, "anna") as anna, logged_in(people, "ben") as ben:
        anna.post("people", name="carl", role=["teller"], word=WORD, reason="new hall")
        secret_in(ben, 1)
        anna.post("people", name="dora", role=["teller"], word=WORD, reason="new hall")
    given = text(
        "INSERT INTO people_roles (name, roles, given_by, proposal)"
        " VALUES (:name, CAST(:roles AS text[]), 'ben', :proposal)"
    )
    with people.books.engine.begin() as connection:
        connection.execute(DECIDED, {"number": 2, "by": "ben"})
    for name, roles, proposal, said in (
        ("carl", "{teller}", 1, "people_roles_once"),
        ("anna", "{teller}", 2, "people_roles_about"),
        ("dora", "{treasurer}", 2, "other roles"),
    ):
        with (
            pytest.raises(IntegrityError, match=said),
            people.books.engine.begin() as connection,
        ):
            connection.execute(given, {"name": name, "roles": roles, "proposal": proposal})


def test_who_is_needed_is_taken_out_by_two(people: Centre) -> None:
    person(people.books, "wu", Role.AUDITOR)
    with logged_in(people, "anna") as anna, logged_in(people, "ben") as ben:
        assert anna.post("people/retire", name="wu").status_code == 422
        assert anna.post("people/retire", name="wu", reason="left").status_code == 303
        assert "Retired" not in anna.get("people").text
        assert "Every role is taken away." in ben.get("proposals").text
        assert ben.post("proposals/1", verdict="approved").status_code == 303
        assert "Retired" in anna.get("people").text


def test_two_who_propose_the_same_at_once_make_one_proposal(people: Centre) -> None:
    """The second waits for the first, and finds it."""
    engine = people.books.engine
    asked = (Kind.BLACKLIST, "88010000000042", {"card_no": "88010000000042", "listed": True})
    with ThreadPoolExecutor(1) as other:
        with engine.begin() as connection:
            propose(connection, *asked, reason="lost", by="anna")

            def second() -> None:
                with engine.begin() as late:
                    propose(late, *asked, reason="lost", by="ben")

            waits = other.submit(second)
            with pytest.raises(TimeoutError):
                waits.result(0.5)
        with pytest.raises(Refusal, match="proposed_already"):
            waits.result(30)
