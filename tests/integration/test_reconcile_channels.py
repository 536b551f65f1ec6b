"""Files of channels: a row explains one purchase, a file twice nothing more, nothing is lost."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from cardstation.central import orders
from cardstation.central.console.explaining import keep_explanation
from cardstation.central.console.roles import Role
from cardstation.central.engine import transaction
from cardstation.central.reconcile.audit_list import AuditItem, audit_list
from cardstation.central.reconcile.files import FileKind, accept_file, look_at, take_file
from cardstation.central.reconcile.matching import Matched, match_all
from cardstation.cli.central import central as command
from cardstation.domain.ledger import Order
from cardstation.errors import Refusal
from tests.kit.console import ZONE, Town, person
from tests.kit.postgres import Books, Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

HEAD = "流水号,交易时间,卡号,购气次数,金额(元),购气量(m³),订单号\n"
PAID = Order("O1", "0000000009", 5_000, 17_857, "r@1", 3, "")


@pytest.fixture
def town(centre: Centre) -> Town:
    """Card C0000007 was sold 2 on the 24th at nine, and then 6: 3, 4 and 5 are missing."""
    made = Town(centre)
    for name in ("anna", "ben"):
        person(centre.books, name, Role.TREASURER)
    made.sell("S001", 7, counter=2)
    with centre.books.owner.begin() as connection:
        connection.execute(text("UPDATE journal SET posted_at = '2026-11-24 09:05+08'"))
    made.sell("S002", 7, counter=6)
    return made


def bring(books: Books, content: str | bytes, channel: str = "phone", by: str = "anna") -> Matched:
    raw = content if isinstance(content, bytes) else content.encode()
    accepted_by = "ben" if by == "anna" else "anna"
    with transaction(books.engine) as connection:
        file = take_file(connection, FileKind.CHANNEL, channel, "file.csv", raw, by=by)
        accept_file(connection, file.number, by=accepted_by)
        return match_all(connection, datetime.now(UTC))


def row(ref: str, counter: int | str, card: str = "C0000007", order: str = "") -> str:
    """What a channel sold on the 25th, between the purchases 2 and 6 of the desks."""
    return f"{ref},2026-11-25 10:30:00,{card},{counter},30.00,10.5,{order}\n"


def listed(books: Books, days: int = 0) -> list[AuditItem]:
    with transaction(books.engine) as connection:
        return list(audit_list(connection, datetime.now(UTC) + timedelta(days=days)))


def codes(books: Books, days: int = 0) -> list[tuple[str, str]]:
    return sorted((one.code, one.about) for one in listed(books, days))


def count(books: Books, query: str) -> int:
    with books.owner.connect() as connection:
        return int(connection.scalar(text(query)) or 0)


def test_rows_of_a_channel_close_the_item_of_missing_purchases(town: Town) -> None:
    books = town.centre.books
    assert bring(books, HEAD + row("a1", 3) + row("a2", 4)).gaps == 0
    assert count(books, "SELECT count(*) FROM explanations") == 0
    assert bring(books, HEAD + row("a3", 5), "bank").gaps == 1
    with books.owner.connect() as connection:
        said = connection.execute(text("SELECT words, clerk, suspended FROM explanations")).one()
    assert tuple(said) == ("#3 = phone a1; #4 = phone a2; #5 = bank a3", "anna", False)
    assert codes(books, 3) == []


def test_a_purchase_another_desk_sends_later_counts_as_known(town: Town) -> None:
    books = town.centre.books
    town.sell("S003", 7, counter=4)
    assert bring(books, HEAD + row("a1", 3) + row("a2", 5)).gaps == 1


def test_a_file_taken_twice_changes_nothing(town: Town) -> None:
    books = town.centre.books
    content = HEAD + row("a1", 3) + row("a2", 4) + row("a3", 5)
    bring(books, content)
    before = count(books, "SELECT count(*) FROM channel_rows")
    with pytest.raises(Refusal, match="file_known"):
        bring(books, content)
    with pytest.raises(Refusal, match="file_known"):
        bring(books, content, by="ben")
    # Other bytes, the same purchases: a line more at the end, or a newer export of the same days.
    assert bring(books, content + "\n" + row("a4", 3)).gaps == 0
    assert count(books, "SELECT count(*) FROM channel_rows") == before + 1 == 4
    assert count(books, "SELECT known FROM accepted_files ORDER BY file DESC LIMIT 1") == 3
    assert count(books, "SELECT count(*) FROM off_book_loads") == 3


@pytest.mark.parametrize("name", ["phones", "PHONE", "the bank"])
def test_the_bytes_of_a_file_count_once_under_whatever_name(town: Town, name: str) -> None:
    books = town.centre.books
    bring(books, HEAD + row("a1", ""))
    with pytest.raises(Refusal, match="file_known"):
        bring(books, HEAD + row("a1", ""), name)
    assert count(books, "SELECT count(*) FROM channel_rows") == 1


def test_a_file_that_waits_under_two_names_is_accepted_under_one(town: Town) -> None:
    books, raw = town.centre.books, (HEAD + row("a1", 3)).encode()
    with transaction(books.engine) as connection:
        for name in ("phon", "phone"):
            take_file(connection, FileKind.CHANNEL, name, "f", raw, by="anna")
        accept_file(connection, 2, by="ben")
    with pytest.raises(Refusal, match="file_known"), transaction(books.engine) as connection:
        accept_file(connection, 1, by="ben")


def test_a_name_spelled_otherwise_is_the_same_channel_and_a_new_one_is_told(town: Town) -> None:
    books = town.centre.books
    bring(books, HEAD + row("a1", 3), "Phone App")
    told = []
    with transaction(books.engine) as connection:
        for at, name in enumerate(("phone-app", "ＰＨＯＮＥ app", "phone apps")):
            raw = (HEAD + row("a1", 3) + row(f"b{at}", 9)).encode()
            file = take_file(connection, FileKind.CHANNEL, name, "f", raw, by="anna")
            looked = look_at(connection, file)
            told.append((file.source, looked.known, looked.new_source))
            assert looked.body(file)["new_source"] is looked.new_source
    assert told == [*(("phone app", 1, False),) * 2, ("phone apps", 0, True)]
    for name in ("", "——"):
        with (
            pytest.raises(Refusal, match="file_source_missing"),
            transaction(books.engine) as connection,
        ):
            take_file(connection, FileKind.CHANNEL, name, "f", BAD.encode(), by="anna")


def test_a_purchase_that_two_channels_tell_of_fills_one_hole(town: Town) -> None:
    books = town.centre.books
    orders.post_order(books.engine, PAID)
    paid = "p1,2026-11-25 10:00,,,50.00,,O1\n"
    bring(books, HEAD + row("a1", "") + row("a2", "") + paid)
    # A newer export of the same purchases, under another name and with the day alone.
    again = "a1,2026-11-25,C0000007,,30.00,,\n" + paid + "a2,2026-11-25,C0000008,,30.00,,\n"
    bring(books, HEAD + again, "app")
    assert codes(books) == [("row_order_twice", "O1"), ("row_twice", "C0000007")]
    assert count(books, "SELECT count(*) FROM off_book_loads") == 2
    # The next day, or for other money, the number is another purchase.
    bring(books, HEAD + "a1,2026-11-26,C0000007,,30.00,,\na2,2026-11-25,C0000007,,31,,\n", "bank")
    assert count(books, "SELECT count(*) FROM off_book_loads") == 3


BAD = (
    HEAD
    + row("a1", 3)
    + "a2,2026-11-24,C0000007,4,dreißig,10,\n"
    + ",2026-11-24,C0000007,4,30,10,\n"
    + "a4,someday,C0000007,4,30,10,\n"
    + "a5,2026-11-24,C0000007,vier,30,10,\n"
    + "a6,2026-11-24,,4,30,10,\n"
    + "a7,2026-11-24,C0000007,4,-30,10,\n"
    + row("a1", 4)
    + '"合计",,,,240.00,,\n'
    + row("a9", 4)
)


def test_a_bad_row_is_said_with_its_line_and_loses_nothing(town: Town) -> None:
    books = town.centre.books
    with transaction(books.engine) as connection:
        file = take_file(connection, FileKind.CHANNEL, "phone", "f.csv", BAD.encode(), by="anna")
        looked = look_at(connection, file)
    assert (looked.rows, looked.known, looked.fen) == (2, 0, 6_000)
    assert [(one.line, one.code) for one in looked.bad] == [
        *((3, "row_amount"), (4, "row_number_missing"), (5, "row_time"), (6, "row_counter")),
        *((7, "row_card_missing"), (8, "row_amount"), (9, "row_number_twice")),
    ]
    bring(books, BAD)
    assert count(books, "SELECT count(*) FROM bad_rows") == 7
    assert count(books, "SELECT count(*) FROM off_book_loads") == 2
    with books.owner.connect() as connection:
        kept = connection.scalar(text("SELECT raw FROM taken_files"))
        said = connection.scalar(text("SELECT said FROM bad_rows WHERE line = 3"))
    assert bytes(kept) == BAD.encode()
    assert said == "a2 | 2026-11-24 | C0000007 | 4 | dreißig | 10 | "


def test_a_known_number_that_says_something_else_is_a_bad_row(town: Town) -> None:
    books = town.centre.books
    bring(books, HEAD + row("a1", 3))
    bring(books, HEAD + row("a1", 4))
    with books.owner.connect() as connection:
        assert connection.execute(text("SELECT line, code FROM bad_rows")).all() == [
            (2, "row_differs")
        ]
    assert count(books, "SELECT counter FROM channel_rows") == 3


def test_a_workbook_is_read_like_a_text(town: Town) -> None:
    book = Workbook()
    book.active.append(["长春燃气 圈存机日终", None])
    book.active.append(["流水号", "交易时间", "卡号", "次数", "金额", "气量"])
    for at in (3, 4, 5):
        moment = datetime(2026, 11, 24, 8, at)  # noqa: DTZ001  # as a workbook keeps it
        book.active.append([f"m{at}", moment, "C0000007", at, 30.5, 10.25])
    out = io.BytesIO()
    book.save(out)
    books = town.centre.books
    assert bring(books, out.getvalue(), "loading machine").gaps == 1
    assert count(books, "SELECT sum(fen) FROM channel_rows") == 3 * 3_050


def test_a_file_in_the_code_page_of_old_machines_is_read(town: Town) -> None:
    content = (HEAD + row("a1", 3) + row("a2", 4) + row("a3", 5)).replace("m³", "方")
    assert bring(town.centre.books, content.encode("gb18030")).gaps == 1


NO_FILE = [
    (b"PK\x03\x04 nothing", "file_unreadable"),
    (b"\xff\xfe\x00", "file_unreadable"),
    ("流水号,金额\n1,2\n".encode(), "file_columns"),
    (HEAD.encode(), "file_empty"),
    (b"x" * 4_000_001, "file_too_large"),
]


@pytest.mark.parametrize(("raw", "code"), NO_FILE, ids=[code for _, code in NO_FILE])
def test_what_is_no_file_of_a_channel_is_refused(town: Town, raw: bytes, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        bring(town.centre.books, raw)


def test_a_row_without_a_purchase_number_takes_the_lowest_hole_seen_after_it(town: Town) -> None:
    books = town.centre.books
    bring(books, HEAD + row("a1", "") + row("a2", ""))
    with books.owner.connect() as connection:
        found = connection.execute(text("SELECT counter, ref FROM off_book_loads ORDER BY 1"))
        assert found.all() == [(3, "a1"), (4, "a2")]
    bring(books, HEAD + row("a3", ""))
    assert count(books, "SELECT count(*) FROM off_book_loads") == 3


def seen(hours: int) -> str:
    """A time so long after the card was seen at a desk, as it is now."""
    return f"{datetime.now(ZONE) + timedelta(hours=hours):%Y-%m-%d %H:%M}"


UNTIMELY = {
    "years before": "2020-01-05 08:00:00",
    "the day but one before": "2026-11-22 23:59",
    "long after": seen(30),
    "hours after": seen(3),
}


@pytest.mark.parametrize("counter", ["3", ""], ids=["counted", "not counted"])
@pytest.mark.parametrize("at", UNTIMELY.values(), ids=UNTIMELY)
def test_a_row_of_another_time_fills_no_hole(town: Town, at: str, counter: str) -> None:
    books = town.centre.books
    bring(books, HEAD + f"a1,{at},C0000007,{counter},30,10,\n")
    assert count(books, "SELECT count(*) FROM off_book_loads") == 0
    assert ("row_time_differs", f"C0000007{' #3' if counter else ''}") in codes(books, 3)


def test_a_row_that_names_only_its_day_may_be_of_the_day_of_the_sale_before(town: Town) -> None:
    books = town.centre.books
    bring(books, HEAD + "a1,2026-11-24,C0000007,3,30,10,\na2,2026-11-24,C0000007,,30,10,\n")
    assert count(books, "SELECT count(*) FROM off_book_loads") == 2


def test_a_sale_that_was_posted_days_later_counts_from_when_it_was_made(town: Town) -> None:
    books = town.centre.books
    with books.owner.begin() as connection:
        connection.execute(text("UPDATE journal SET posted_at = '2026-11-26 09:05+08'"))
    bring(books, HEAD + row("a1", 3))
    assert count(books, "SELECT count(*) FROM off_book_loads") == 1


def test_a_row_without_a_time_fills_only_the_hole_it_numbers(town: Town) -> None:
    books = town.centre.books
    bring(books, HEAD + "a1,,C0000007,,30,10,\na2,,C0000007,4,30,10,\n")
    with books.owner.connect() as connection:
        found = connection.execute(text("SELECT counter, ref FROM off_book_loads"))
        assert found.all() == [(4, "a2")]
    assert ("row_time_differs", "C0000007") in codes(books, 3)


def test_rows_of_an_old_card_fill_no_hole_of_the_new_one(town: Town) -> None:
    books = town.centre.books
    _, chain = town.station("S001")
    who = {"account_no": "0000000008", "maker": "CS01", "card_no": "C8", "meter_no": "M8"}
    for generation, counter in ((1, 1), (2, 1), (2, 4)):
        numbers = {"counter_before": counter - 1, "counter_after": counter, "fen": 100}
        town.push("S001", [chain.add("sealed", generation=generation, **who, **numbers)])
    old = "o2,2020-01-02 08:00,C8,2,30,10,\no3,2020-01-03 08:00,C8,3,30,10,\n"
    assert bring(books, HEAD + old).gaps == 0
    assert ("off_book", "C8 #2–3") in codes(books, 3)


def test_what_explains_nothing_goes_to_the_audit_list(town: Town) -> None:
    books = town.centre.books
    bring(
        books,
        HEAD
        + row("sold", 6)
        + row("ahead", 9)
        + row("nobody", 3, card="C9999999")
        + row("first", 3)
        + row("second", 3)
        + row("paid", "", card="", order="O404"),
    )
    now = [("row_counter_sold", "C0000007 #6"), ("row_twice", "C0000007 #3")]
    assert codes(books) == now
    later = [
        *(("off_book", "C0000007 #3–5"), *now, ("row_card_unknown", "C9999999 #3")),
        *(("row_not_seen", "C0000007 #9"), ("row_order_unknown", "O404")),
    ]
    assert codes(books, 3) == sorted(later)
    town.sell("S001", 7, counter=12)
    with transaction(books.engine) as connection:
        match_all(connection, datetime.now(UTC))
    assert ("row_not_seen", "C0000007 #9") not in codes(books, 3)


def test_a_row_fills_a_hole_of_an_item_somebody_explained_before(town: Town) -> None:
    books = town.centre.books
    with transaction(books.engine) as connection:
        keep_explanation(connection, 1, "手机购气", clerk="anna", suspended=False)
    assert bring(books, HEAD + row("a1", 3) + row("a2", 4) + row("a3", 5)).gaps == 0
    assert count(books, "SELECT count(*) FROM off_book_loads") == 3
    assert codes(books, 3) == []


def test_a_desk_that_sends_the_same_purchase_later_is_named(town: Town) -> None:
    books = town.centre.books
    bring(books, HEAD + row("a1", 3) + row("a2", 4) + row("a3", 5))
    assert codes(books) == []
    town.sell("S003", 7, counter=4)
    assert codes(books) == [("row_counter_sold", "C0000007 #4")]


def said(books: Books, *arguments: str, status: int = 0) -> str:
    done = CliRunner().invoke(command, [*arguments, "--dsn", books.dsn], catch_exceptions=False)
    assert done.exit_code == status, done.output
    return done.output


def test_a_script_takes_files_that_two_people_stand_for(town: Town, tmp_path: Path) -> None:
    books = town.centre.books
    person(books, "chen", Role.SUPERVISOR)
    file = tmp_path / "phone.csv"
    file.write_text(HEAD + row("a1", 3) + row("a2", 4) + row("a3", 5) + row("a4", "x"))
    asked = ("take-file", str(file), "--channel", "phone", "--by", "chen")
    shown = said(books, *asked, "--approved-by", "anna")
    assert "line 5: row_counter: a4 | " in shown
    assert "file 1: 3 rows, 0 known, 1 not taken" in shown
    assert "explained: 1 items, 0 orders, 0 transfers" in shown
    for others, why in (
        (("--approved-by", "anna"), "file_known"),
        (("--approved-by", "chen"), "two_persons_needed"),
        (("--approved-by", "nobody"), "name_unknown"),
    ):
        with pytest.raises(Refusal, match=why):
            said(books, *asked, *others)
    with pytest.raises(Refusal, match="right_missing"):
        said(books, *asked[:-1], "anna", "--approved-by", "chen")
    said(books, "take-file", str(file), "--by", "anna", "--approved-by", "ben", status=2)


def test_a_number_that_two_makers_give_their_cards_is_not_guessed_at(centre: Centre) -> None:
    town = Town(centre)
    for name in ("anna", "ben"):
        person(centre.books, name, Role.TREASURER)
    _, chain = town.station("S001")
    for maker in ("CS01", "CS02"):
        for counter in (1, 5):
            who = {"account_no": "1", "maker": maker, "card_no": "C1", "meter_no": f"M{maker}"}
            who |= {"counter_before": counter - 1, "counter_after": counter, "fen": 100}
            town.push("S001", [chain.add("sealed", **who)])
    bring(centre.books, HEAD + row("a1", 3, card="C1"))
    assert count(centre.books, "SELECT count(*) FROM off_book_loads") == 0


def test_an_order_the_channel_was_paid_for_is_compared(town: Town) -> None:
    books = town.centre.books
    orders.post_order(books.engine, PAID)
    right = "p1,2026-11-24,,,50.00,,O1\n"
    orders.post_order(books.engine, Order("O2", "1", 700, 1_000, "r@1", 3, ""))
    assert (
        bring(books, HEAD + right + "p2,2026-11-24,,,7.01,,O2\np3,2026-11-24,,,7,,O2\n").orders == 2
    )
    assert codes(books) == [("order_amount", "O2"), ("row_order_twice", "O2")]


def test_an_order_a_machine_loaded_is_closed_and_booked(town: Town) -> None:
    books = town.centre.books
    orders.post_order(books.engine, PAID)
    assert bring(books, HEAD + "l1,2026-11-24,C0000009,4,50,17.857,O1\n", "machine").orders == 1
    assert orders.orders_for(books.engine, "S001") == ()
    owed = "SELECT coalesce(sum(fen), 0) FROM balances WHERE account = 'unloaded:0000000009'"
    assert count(books, owed) == 0
    assert count(books, "SELECT sum(fen) FROM balances WHERE account = 'gas_sold'") == -11_000
    assert codes(books) == []
    # A desk that loaded it all the same, without a network: the second one is in doubt.
    _, chain = town.station("S001")
    who = {"subject": "t", "account_no": "0000000009", "maker": "CS01", "card_no": "C0000009"}
    who |= {"meter_no": "M0000009", "counter_before": 3, "counter_after": 4, "order_id": "O1"}
    told = [chain.add(kind, tender="order", fen=5_000, **who) for kind in ("paid", "sealed")]
    town.push("S001", told)
    verdicts = "SELECT count(*) FROM exceptions WHERE code = 'order_loaded_twice'"
    assert count(books, verdicts) == 1


DIFFERS = [
    ("l1,2026-11-24,C0000009,5,50,17.857,O1\n", "order_counter"),
    ("l1,2026-11-24,C0000009,4,50.01,17.857,O1\n", "order_amount"),
    ("l1,2026-11-24,C0000007,4,50,17.857,O1\n", "order_card"),
    ("l1,2026-11-24,M0000007,4,50,17.857,O1\n", "order_card"),
]


@pytest.mark.parametrize(("line", "code"), DIFFERS, ids=["counter", "amount", "card", "meter"])
def test_a_load_that_is_not_the_orders_books_nothing(town: Town, line: str, code: str) -> None:
    books = town.centre.books
    orders.post_order(books.engine, PAID)
    bring(books, (HEAD if "M0" not in line else HEAD.replace("卡号", "表号")) + line)
    assert codes(books) == [(code, "O1")]
    assert len(orders.orders_for(books.engine, "S001")) == 1
    assert count(books, "SELECT count(*) FROM off_book_loads") == 0


@pytest.mark.parametrize("held", ["when it was paid", "lately"])
def test_an_order_a_station_holds_is_not_closed_by_a_channel(town: Town, held: str) -> None:
    books = town.centre.books
    orders.post_order(books.engine, replace(PAID, leased_to="S001" if "paid" in held else ""))
    if held == "lately":
        orders.lease_order(books.engine, "S001", "O1")
    bring(books, HEAD + "l1,2026-11-24,C0000009,4,50,17.857,O1\n", "machine")
    assert codes(books) == [("order_leased", "O1")]
    (order,) = orders.orders_for(books.engine, "S001")
    assert order.leased_to == "S001"
    assert count(books, "SELECT count(*) FROM journal WHERE kind = 'order_loaded'") == 0


def test_a_second_load_of_an_order_fills_no_hole_of_another_card(town: Town) -> None:
    books = town.centre.books
    orders.post_order(books.engine, PAID)
    bring(books, HEAD + "l1,2026-11-25,C0000009,4,50,17.857,O1\n", "machine")
    bring(books, HEAD + "l2,2026-11-25,C0000007,4,50,17.857,O1\n", "machine")
    assert codes(books) == [("row_order_twice", "O1")]
    assert count(books, "SELECT count(*) FROM off_book_loads") == 0


def test_an_order_loaded_onto_its_own_card_fills_the_hole_too(town: Town) -> None:
    books = town.centre.books
    orders.post_order(books.engine, replace(PAID, account_no="0000000007"))
    loaded = "l1,2026-11-25 10:30,C0000007,4,50,17.857,O1\n"
    assert bring(books, HEAD + loaded, "machine").orders == 1
    assert codes(books) == []
    assert count(books, "SELECT counter FROM off_book_loads") == 4


def test_an_order_no_channel_tells_of_is_on_the_list_once_they_told_of_later_ones(
    town: Town,
) -> None:
    books = town.centre.books
    then = datetime.now(UTC) - timedelta(days=5)
    orders.post_order(books.engine, Order("O0", "1", 100, 0, "r@1", 3, "", then))
    orders.post_order(books.engine, PAID)
    assert codes(books) == []
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    bring(books, HEAD + f"p1,{day},,,50.00,,O1\n")
    assert codes(books) == [("order_untold", "O0")]


def test_one_person_cannot_make_a_file_count(town: Town) -> None:
    books = town.centre.books
    with transaction(books.engine) as connection:
        raw = (HEAD + row("a1", 3)).encode()
        number = take_file(connection, FileKind.CHANNEL, "phone", "f", raw, by="anna").number
    with pytest.raises(Refusal, match="two_persons"), transaction(books.engine) as connection:
        accept_file(connection, number, by="anna")
    made = "INSERT INTO accepted_files (file, taken_by, accepted_by, rows, known) VALUES "
    for values, constraint in (
        ("(1, 'anna', 'anna', 0, 0)", "two_persons"),
        ("(1, 'ben', 'anna', 0, 0)", "accepted_files_file"),
    ):
        with (
            pytest.raises(IntegrityError, match=constraint),
            books.engine.begin() as connection,
        ):
            connection.execute(text(made + values))
    assert count(books, "SELECT count(*) FROM channel_rows") == 0


KEPT = {
    "taken_files": "name",
    "accepted_files": "rows",
    "bad_rows": "said",
    "channel_rows": "fen",
    "off_book_loads": "counter",
    "channel_orders": "differs",
    "bank_lines": "fen",
    "bank_matches": "entry_id",
    "cash_sums": "said_fen",
    "audit_closings": "words",
    "day_seals": "hash",
    "after_seal": "day",
    "day_runs": "report",
}


def test_the_service_cannot_change_what_was_reconciled(ledger_books: Books) -> None:
    for table, column in KEPT.items():
        for verb in ("DELETE FROM {0}", "TRUNCATE {0}", "UPDATE {0} SET {1} = {1}"):
            with (
                ledger_books.engine.connect() as connection,
                pytest.raises(ProgrammingError, match="permission denied"),
            ):
                connection.execute(text(verb.format(table, column)))
