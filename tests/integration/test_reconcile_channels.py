"""Files of channels: a row explains one purchase, a file twice nothing more, nothing is lost."""

from __future__ import annotations

import io
from datetime import UTC, datetime
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
from cardstation.central.reconcile.files import FileKind, accept_file, look_at, take_file
from cardstation.central.reconcile.matching import match_all
from cardstation.cli.central import central as command
from cardstation.errors import Refusal
from tests.kit.channel_files import HEAD, PAID, bring, codes, count, row, town_with_holes
from tests.kit.console import PASSWORD, Town, person
from tests.kit.postgres import Books, Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres


@pytest.fixture
def town(centre: Centre) -> Town:
    return town_with_holes(centre)


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


def test_a_script_takes_files_that_two_people_stand_for(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARDSTATION_CENTRAL_PASSWORD", PASSWORD)
    monkeypatch.setenv("CARDSTATION_CENTRAL_APPROVER_PASSWORD", PASSWORD)
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
