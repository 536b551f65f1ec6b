"""What needs two persons at the centre: the database itself takes nothing else."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from cardstation.central import orders
from cardstation.central.console.roles import Role
from cardstation.domain.ledger import Order
from cardstation.errors import LedgerRefused
from tests.kit.console import Town, logged_in, person, secret_in
from tests.kit.postgres import Books, Centre, TestKey

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

PRICES = {"code": "residential", "from": "2099-01-01", "to_1": "390", "price_1": "2.80"}
PRICES |= {"price_2": "3.36", "reason": "文号 12"}
WORD = "violet harbour"

_PROPOSED = """
    INSERT INTO proposals (kind, subject, body, reason, made_by)
        VALUES ('tariff', 'x', '{}', 'why', 'anna');
"""
_DECIDED = "INSERT INTO decisions (proposal, made_by, kind, verdict, decided_by, words) VALUES "


@pytest.fixture
def two(ledger_books: Books) -> Books:
    """Two people, and a proposal of one of them."""
    for name in ("anna", "ben"):
        person(ledger_books, name, Role.TREASURER)
    with ledger_books.engine.begin() as connection:
        connection.execute(text(_PROPOSED))
    return ledger_books


ALONE = [
    (_DECIDED + "(1, 'anna', 'tariff', 'approved', 'anna', '')", "two_persons"),
    (_DECIDED + "(1, 'anna', 'tariff', 'refused', 'anna', '')", "two_persons"),
    (_DECIDED + "(1, 'anna', 'tariff', 'withdrawn', 'ben', '')", "two_persons"),
    (_DECIDED + "(1, 'ben', 'tariff', 'approved', 'anna', '')", "decisions_proposal"),
    (_DECIDED + "(1, 'anna', 'blacklist', 'approved', 'ben', '')", "decisions_proposal"),
    (_DECIDED + "(1, 'anna', 'tariff', 'approved', 'nobody', '')", "decided_by"),
    (
        (
            "INSERT INTO tariffs (version, code, effective, body, proposal)"
            " VALUES ('x', 'x', '2099-01-01', '{}', 1)"
        ),
        "tariffs_proposal",
    ),
    (
        "INSERT INTO blacklist (proposal, card_no, listed, reason) VALUES (1, 'c', true, 'r')",
        "blacklist_(proposal|about)",
    ),
    (
        (
            "INSERT INTO station_codes (code_hash, station, valid_until, proposal)"
            " VALUES (sha256('x'), 'S9', now(), 1)"
        ),
        "station_codes_(proposal|about)",
    ),
    (
        "INSERT INTO people_roles (name, roles, given_by) VALUES ('anna', '{auditor}', 'anna')",
        "two_persons",
    ),
    (
        (
            "INSERT INTO people_roles (name, roles, given_by, proposal)"
            " VALUES ('anna', '{auditor}', 'anna', 1)"
        ),
        "other roles",
    ),
]


def test_the_database_refuses_one_person(two: Books) -> None:
    for statement, constraint in ALONE:
        with pytest.raises(IntegrityError, match=constraint), two.engine.begin() as connection:
            connection.execute(text(statement))


def test_a_refused_proposal_allows_nothing(two: Books) -> None:
    with two.engine.begin() as connection:
        connection.execute(text(_DECIDED + "(1, 'anna', 'tariff', 'refused', 'ben', '')"))
    stored = text(
        "INSERT INTO tariffs (version, code, effective, body, proposal, verdict)"
        " VALUES ('x', 'x', '2099-01-01', '{}', 1, :verdict)"
    )
    for verdict in ("approved", "refused"):
        with pytest.raises(IntegrityError), two.engine.begin() as connection:
            connection.execute(stored, {"verdict": verdict})


def test_an_approved_one_of_the_same_kind_does(two: Books) -> None:
    with two.engine.begin() as connection:
        connection.execute(text(_DECIDED + "(1, 'anna', 'tariff', 'approved', 'ben', '')"))
        connection.execute(
            text(
                "INSERT INTO tariffs (version, code, effective, body, proposal)"
                " VALUES ('x', 'x', '2099-01-01', '{}', 1)"
            )
        )
    with two.engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT version, tariffs.verdict, made_by, decided_by"
                " FROM tariffs JOIN decisions USING (proposal)"
            )
        )
        assert [tuple(row) for row in rows] == [("x", "approved", "anna", "ben")]


KEPT = {
    "acts": "detail",
    "proposals": "body",
    "decisions": "verdict",
    "people_roles": "roles",
    "tariffs": "body",
    "blacklist": "listed",
    "explanations": "words",
    "proofs": "wrong",
    "station_codes": "station",
    "people": "name",
}


def test_the_service_cannot_change_what_people_did(ledger_books: Books) -> None:
    for table, column in KEPT.items():
        for verb in ("DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET {} = {}"):
            with (
                ledger_books.engine.connect() as connection,
                pytest.raises(ProgrammingError, match="permission denied"),
            ):
                connection.execute(text(verb.format(table, column, column)))


@pytest.fixture
def people(centre: Centre) -> Centre:
    for name in ("anna", "ben"):
        person(centre.books, name, Role.TREASURER, Role.SUPERVISOR, Role.STATION_ADMIN)
    return centre


def test_a_price_is_in_force_when_a_second_person_approved(people: Centre) -> None:
    with logged_in(people, "anna") as anna, logged_in(people, "ben") as ben:
        assert anna.post("tariffs", **PRICES).status_code == 303
        assert "residential@2099-01-01" in ben.get("proposals").text
        own = anna.post("proposals/1", verdict="approved")
        assert own.status_code == 422
        assert "Two people needed" in own.text
        assert "In force" not in anna.get("tariffs").text
        assert ben.post("proposals/1", verdict="approved").status_code == 303
        assert "Decided already" in ben.post("proposals/1", verdict="refused").text
        shown = anna.get("tariffs").text
        assert "To come" in shown
        assert "¥560.00" in shown  # 200 m³ at 2.80
    with people.books.owner.connect() as connection:
        stored = connection.scalar(text("SELECT body FROM tariffs"))
        said = connection.execute(text("SELECT clerk, act, subject FROM acts")).all()
    assert json.loads(stored)["tiers"][1] == {"to_m3": None, "price": "3.36"}
    assert ("ben", "approved", "tariff residential@2099-01-01") in [tuple(row) for row in said]


WRONG: list[dict[str, str]] = [
    {"price_1": "0"},
    {"price_1": "-1"},
    {"price_1": "2.80001"},
    {"price_1": "٢"},
    {"to_1": ""},
    {"to_2": "600"},
    {"to_1": "0"},
    {"code": "Residential '; DROP TABLE tariffs; --"},
    {"from": "2020-01-01"},
    {"from": "soon"},
    {"reason": "  "},
]


def test_a_price_list_that_makes_no_sense_is_refused(people: Centre) -> None:
    with logged_in(people, "anna") as anna:
        for wrong in WRONG:
            answer = anna.post("tariffs", **{**PRICES, **wrong})
            assert answer.status_code == 422, wrong
            assert 'role="alert"' in answer.text
    with people.books.owner.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM proposals")) == 0


def test_a_card_is_blocked_and_freed_by_two(people: Centre) -> None:
    with logged_in(people, "anna") as anna, logged_in(people, "ben") as ben:
        asked = {"card_no": "88010000000042", "reason": "reported lost"}
        assert anna.post("blacklist", **asked).status_code == 303
        assert "Proposed already" in ben.post("blacklist", **asked).text
        assert "No card is blocked" in anna.get("blacklist").text
        ben.post("proposals/1", verdict="approved")
        assert "No card is blocked" not in anna.get("blacklist").text
        assert "Nothing to change" in anna.post("blacklist", **asked).text
        ben.post("blacklist", **asked, listed="no")
        anna.post("proposals/2", verdict="approved")
        assert "No card is blocked" in anna.get("blacklist").text


def test_every_kind_of_proposal_is_shown_to_who_decides(people: Centre) -> None:
    Town(people).doubts()
    orders.post_order(people.books.engine, Order("O1", "0000000001", 5_000, 10_000, "r@1", 1, ""))
    with people.books.engine.connect() as connection:
        held = connection.scalar(text("SELECT number FROM exceptions WHERE suspended"))
    with logged_in(people, "anna") as anna, logged_in(people, "ben") as ben:
        for path, said in (
            ("tariffs", PRICES),
            ("blacklist", {"card_no": "88010000000042", "reason": "lost"}),
            ("stations", {"station": "S042", "reason": "new hall"}),
            ("people", {"name": "carl", "role": "auditor", "word": WORD, "reason": "audit"}),
            ("people", {"name": "ben", "reset": "yes", "word": WORD, "reason": "forgotten"}),
            ("orders", {"order_id": "O1", "reason": "paid back"}),
            (f"suspense/{held}", {"words": "given back"}),
        ):
            assert anna.post(path, **said).status_code == 303, path
        # What is about ben himself is decided by somebody else.
        for browser, button, number in ((anna, "Withdraw<", 7), (ben, "Refuse<", 6)):
            shown = browser.get("proposals")
            assert shown.status_code == 200
            assert shown.text.count(f"{button}/button>") == number
        assert anna.get(f"suspense/{held}").status_code == 200


def test_an_order_is_withdrawn_by_two_once_and_not_while_a_desk_holds_it(people: Centre) -> None:
    for order_id, holder in (("O1", ""), ("O2", "S001")):
        made = Order(order_id, "0000000001", 5_000, 10_000, "r@1", 1, holder)
        orders.post_order(people.books.engine, made)
    with logged_in(people, "anna") as anna, logged_in(people, "ben") as ben:
        for order_id, code in (("O1", 303), ("O2", 303), ("O3", 422)):
            asked = {"order_id": order_id, "reason": "paid back at the bank"}
            assert anna.post("orders", **asked).status_code == code, order_id
        assert anna.post("proposals/1", verdict="approved").status_code == 422
        assert ben.post("proposals/1", verdict="approved").status_code == 303
        held = ben.post("proposals/2", verdict="approved")
        assert held.status_code == 422
        assert "O1" not in anna.get("orders").text.partition("<table")[2]
        assert "O2" in anna.get("orders").text
    with people.books.owner.connect() as connection:
        raw = connection.scalar(text("SELECT raw FROM journal WHERE kind = 'order_withdrawn'"))
        decided = connection.scalar(text("SELECT count(*) FROM decisions"))
    said = json.loads(bytes(raw))
    assert (said["ordered_by"], said["approved_by"], decided) == ("anna", "ben", 1)


def test_who_proposed_may_withdraw_and_nobody_else(people: Centre) -> None:
    with logged_in(people, "anna") as anna, logged_in(people, "ben") as ben:
        anna.post("blacklist", card_no="88010000000042", reason="lost")
        assert ben.post("proposals/1", verdict="withdrawn").status_code == 422
        assert anna.post("proposals/1", verdict="withdrawn").status_code == 303
        assert ben.post("proposals/1", verdict="approved").status_code == 422


def test_a_name_is_plain(people: Centre) -> None:
    with logged_in(people, "anna") as anna:
        for name in ("c", "c" * 33, "c;--", "<b>", "陈静", "command line", "Carl"):
            answer = anna.post("people", name=name, role="auditor", word=WORD, reason="why")
            assert answer.status_code == (303 if name == "Carl" else 422), name


def test_a_station_is_enrolled_by_a_code_of_two_once_and_by_its_name_only(people: Centre) -> None:
    with logged_in(people, "anna") as anna, logged_in(people, "ben") as ben:
        anna.post("stations", station="S042", reason="new hall")
        code = secret_in(ben, 1)
    for name, given in (("S043", code), ("S042", code[:-1])):
        with pytest.raises(LedgerRefused, match="enrolment_code_bad"):
            people.line(name).enrol(given)
    key = TestKey()
    assert people.line("S042", key).enrol(code).last_seq == 0
    assert people.line("S042", key).enrol("").last_seq == 0
    with pytest.raises(LedgerRefused, match="station_enrolled"):
        people.line("S042", TestKey()).enrol(code)


def test_a_code_is_good_for_ten_minutes(people: Centre) -> None:
    with logged_in(people, "anna") as anna, logged_in(people, "ben") as ben:
        anna.post("stations", station="S042", reason="new hall")
        code = secret_in(ben, 1)
    with people.books.owner.begin() as connection:
        left = connection.scalar(text("SELECT valid_until - now() FROM station_codes"))
        assert timedelta(minutes=9) < left <= timedelta(minutes=10)
        connection.execute(
            text("UPDATE station_codes SET valid_until = valid_until - interval '11 minutes'")
        )
    with pytest.raises(LedgerRefused, match="enrolment_code_bad"):
        people.line("S042").enrol(code)


def test_a_stopped_station_is_told_at_its_next_contact_and_comes_back_with_a_new_key(
    people: Centre,
) -> None:
    town = Town(people)
    town.sell("S001", 1)
    old, chain = town.station("S001")
    with logged_in(people, "anna") as anna, logged_in(people, "ben") as ben:
        assert anna.post("stations/S001/stop", reason="").status_code == 422
        assert anna.post("stations/S001/stop", reason="stolen").status_code == 303
        with pytest.raises(LedgerRefused, match="station_revoked"):
            old.push(chain.sale(2), old.head().nonce)
        anna.post("stations", station="S001", reason="stolen, new machine")
        code = secret_in(ben, 1)
    line = people.line("S001", TestKey())
    head = line.enrol(code)
    assert (head.status, head.last_seq) == ("active", 3)
    with pytest.raises(LedgerRefused, match="signature_bad"):
        old.head()
    assert line.entries_after(0) == tuple(chain.written[:3])


def test_money_in_suspense_is_explained_by_two_and_the_rest_by_one(people: Centre) -> None:
    Town(people).doubts()
    with people.books.engine.connect() as connection:
        rows = connection.execute(text("SELECT suspended, number FROM exceptions")).all()
    number = {row.suspended: row.number for row in rows}
    with logged_in(people, "anna") as anna, logged_in(people, "ben") as ben:
        plain, held = f"suspense/{number[False]}", f"suspense/{number[True]}"
        assert (
            anna.post(plain, words="the meter was read")
            .headers["location"]
            .endswith("done=explained")
        )
        assert "Explained already" in ben.post(plain, words="again").text
        assert anna.post(held, words="the second desk gives it back").status_code == 303
        assert "second desk" not in anna.get("suspense", which="all").text
        assert ben.post("proposals/1", verdict="approved").status_code == 303
        assert "second desk" in anna.get("suspense", which="all").text
        assert "Nothing waits for a person" in anna.get("suspense").text


def test_the_database_wants_two_where_money_is_in_suspense(people: Centre) -> None:
    Town(people).doubts()
    said = "INSERT INTO explanations (exception, suspended, words, clerk) SELECT number, {}, 'x',"
    said += " 'anna' FROM exceptions WHERE suspended"
    for claimed, constraint in (("true", "two_persons"), ("false", "explanations_exception")):
        with (
            pytest.raises(IntegrityError, match=constraint),
            people.books.engine.begin() as connection,
        ):
            connection.execute(text(said.format(claimed)))
