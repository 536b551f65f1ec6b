"""A bank's statement against lump sums and transfers: matched, other amount, not found, twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from cardstation.central.console.proposals import Decision, Kind, decide, propose
from cardstation.central.console.roles import Role
from cardstation.central.engine import transaction
from cardstation.central.reconcile.audit_list import AuditItem, audit_list, close_item
from cardstation.central.reconcile.bank import BankVerdict, judge_bank
from cardstation.central.reconcile.files import FileKind, accept_file, look_at, take_file
from cardstation.central.reconcile.matching import Matched, match_all
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.quotation import grouped, payment_reference
from cardstation.errors import Refusal
from cardstation.store.frozen import freeze
from cardstation.store.funds import AskedPayment
from tests.kit.console import Town, person
from tests.kit.postgres import Books, Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

HEAD = "交易日期,交易流水号,贷方发生额,借方发生额,对方户名,附言\n"
QUOTE = payment_reference(1, "2026-11-24-01", 1)
OTHER = payment_reference(1, "2026-11-24-02", 1)
LATER = timedelta(days=3)


@pytest.fixture
def town(centre: Centre) -> Town:
    for name in ("anna", "ben"):
        person(centre.books, name, Role.TREASURER)
    return Town(centre)


def received(town: Town, fen: int, reference: str, **facts: Any) -> None:
    """A lump sum as a desk books it."""
    _, chain = town.station("S001")
    now, tender = datetime.now(UTC), Tender.BANK_TRANSFER
    asked = AskedPayment("p", "2026-11-24-01", tender, Money(fen), reference, "taken", now)
    said = {"tender": "bank_transfer", "batch": "2026-11-24-01", "detail": freeze(asked)}
    town.push("S001", [chain.add("received", fen=fen, **{**said, **facts})])


def line(ref: str, came: str = "", went: str = "", remark: str = "") -> str:
    return f"{datetime.now(UTC):%Y-%m-%d},{ref},{came},{went},净月物业,{remark}\n"


def bring(books: Books, content: str, account: str = "ICBC 0012") -> Matched:
    with transaction(books.engine) as connection:
        raw = (HEAD + content).encode("gb18030")
        file = take_file(connection, FileKind.BANK, account, "s.csv", raw, by="anna")
        accept_file(connection, file.number, by="ben")
        return match_all(connection, datetime.now(UTC))


def lines(books: Books) -> dict[str, BankVerdict]:
    with transaction(books.engine) as connection:
        found = judge_bank(connection, datetime.now(UTC))
    return {ref: verdict for (_, ref), verdict in sorted(found.line_verdicts.items())}


def transfers(books: Books) -> list[tuple[int, BankVerdict]]:
    with transaction(books.engine) as connection:
        found = judge_bank(connection, datetime.now(UTC))
    return [(one.fen, found.transfer_verdicts[one.entry_id]) for one in found.transfers]


def listed(books: Books, after: timedelta = timedelta()) -> list[tuple[str, int]]:
    with transaction(books.engine) as connection:
        items = audit_list(connection, datetime.now(UTC) + after)
    return sorted((one.code, one.fen) for one in items)


def test_a_lump_sum_is_found_by_the_reference_of_its_quote(town: Town) -> None:
    books = town.centre.books
    received(town, 840_000, grouped(QUOTE))
    received(town, 50_000, "BANK-778899")
    found = bring(
        books,
        line("b1", '"8,400.00"', remark=f"购气款 {grouped(QUOTE)} 净月新城")
        + line("BANK-778899", "500.00", remark="货款"),
    )
    assert found.transfers == 2
    assert set(lines(books).values()) == {BankVerdict.MATCHED}
    assert transfers(books) == [(840_000, BankVerdict.MATCHED), (50_000, BankVerdict.MATCHED)]
    assert listed(books, LATER) == []


def test_another_amount_is_said_with_the_difference(town: Town) -> None:
    books = town.centre.books
    received(town, 840_000, QUOTE)
    assert bring(books, line("b1", "8390.00", remark=QUOTE)).transfers == 0
    assert lines(books) == {"b1": BankVerdict.AMOUNT_DIFFERS}
    assert transfers(books) == [(840_000, BankVerdict.AMOUNT_DIFFERS)]
    assert listed(books) == [("transfer_amount_differs", -1_000)]
    # The desk booked it in two parts: the second part is no match either, a person looks at it.
    received(town, 839_000, QUOTE)
    with transaction(books.engine) as connection:
        assert match_all(connection, datetime.now(UTC)).transfers == 1
    assert lines(books) == {"b1": BankVerdict.MATCHED}
    assert listed(books) == [("transfer_twice", 840_000)]


def test_what_came_in_twice_and_what_is_in_no_book_is_said(town: Town) -> None:
    books = town.centre.books
    received(town, 840_000, QUOTE)
    told = line("b1", "8400", remark=QUOTE) + line("b2", "8400", remark=QUOTE)
    bring(books, told + line("b3", "77.70", remark="不明"))
    assert lines(books) == {
        "b1": BankVerdict.MATCHED,
        "b2": BankVerdict.TWICE,
        "b3": BankVerdict.NOT_FOUND,
    }
    assert listed(books) == [("bank_twice", 840_000)]
    assert listed(books, LATER) == [("bank_not_found", 7_770), ("bank_twice", 840_000)]


def test_two_transfers_for_one_quote_are_two_matches(town: Town) -> None:
    books = town.centre.books
    received(town, 400_000, QUOTE)
    received(town, 440_000, QUOTE)
    told = line("b1", "4400", remark=QUOTE) + line("b2", "4000", remark=QUOTE)
    assert bring(books, told).transfers == 2
    assert listed(books, LATER) == []


def test_what_is_booked_and_never_arrives_is_said_once_statements_reach_beyond_it(
    town: Town,
) -> None:
    books = town.centre.books
    received(town, 840_000, QUOTE)
    assert listed(books, LATER) == []  # no statement yet: nothing to compare with
    other = datetime.now(UTC) + timedelta(days=2)
    bring(books, f"{other:%Y-%m-%d},b9,1.00,,x,利息\n")
    assert transfers(books) == [(840_000, BankVerdict.NOT_FOUND)]
    assert ("transfer_not_found", 840_000) not in listed(books)
    assert ("transfer_not_found", 840_000) in listed(books, LATER)


def test_the_same_movement_in_two_statements_counts_once(town: Town) -> None:
    books = town.centre.books
    received(town, 840_000, QUOTE)
    bring(books, line("b1", "8400", remark=QUOTE))
    assert bring(
        books, line("b1", "8400", remark=QUOTE) + line("b2", "1", remark=OTHER)
    ) == Matched(0, 0, 0)
    assert lines(books) == {"b1": BankVerdict.MATCHED, "b2": BankVerdict.NOT_FOUND}
    # The same number, amount and day at another account explains nothing before people have looked.
    bring(books, line("b1", "8400", remark=QUOTE) + line("b4", "1"), "CCB 0099")
    assert listed(books) == [("bank_twice", 840_000)]


def test_one_movement_under_two_names_of_its_account_explains_one_booking(town: Town) -> None:
    books = town.centre.books
    for _ in range(2):
        received(town, 50_000, QUOTE)
    assert bring(books, line("b1", "500", remark=QUOTE)).transfers == 1
    with pytest.raises(Refusal, match="file_known"):
        bring(books, line("b1", "500", remark=QUOTE), "Industrial Bank")
    again = line("b1", "500", remark=QUOTE) + line("b2", "1")
    assert bring(books, again, "icbc0012").transfers == 0  # spelled otherwise: the same account
    assert bring(books, again + line("b3", "1"), "ICBC new").transfers == 0
    assert listed(books) == [
        ("bank_twice", 100),
        ("bank_twice", 50_000),
        ("transfer_twice", 50_000),
    ]
    # What the bank has twice, with numbers of their own, are two movements.
    assert bring(books, line("b9", "500", remark=QUOTE)).transfers == 1


def sent(town: Town, fen: int) -> None:
    _, chain = town.station("S001")
    back = {"tender": "bank_transfer", "batch": "2026-11-24-01", "approver": "li"}
    town.push("S001", [chain.add("given_back", fen=fen, **back)])


def proposed(books: Books) -> list[AuditItem]:
    with transaction(books.engine) as connection:
        found = audit_list(connection, datetime.now(UTC))
    return [one for one in found if one.code == "transfer_proposed"]


def close(books: Books, item: AuditItem) -> None:
    """What two persons agree on."""
    with transaction(books.engine) as connection:
        body = {"fen": item.fen}
        number = propose(connection, Kind.AUDIT, item.item, body, reason="x", by="anna")
        approved = decide(connection, number, Decision.APPROVED, by="ben")
        close_item(connection, approved, datetime.now(UTC))


def test_money_we_sent_is_proposed_by_its_amount_and_matched_by_two_persons(town: Town) -> None:
    books = town.centre.books
    received(town, 840_000, QUOTE)
    sent(town, 3_000)
    bring(books, line("b1", "8400", remark=QUOTE) + line("b2", "", "30.00", "退款"))
    assert listed(books, LATER) == [("bank_not_found", -3_000), ("transfer_proposed", -3_000)]
    (pair,) = proposed(books)
    assert pair.about.endswith("= b2 净月物业 退款")
    close(books, pair)
    assert listed(books, LATER) == []
    assert lines(books) == {"b1": BankVerdict.MATCHED, "b2": BankVerdict.MATCHED}
    with pytest.raises(Refusal, match="audit_item_gone"):
        close(books, pair)


def test_two_payments_of_one_amount_are_proposed_to_nobody(town: Town) -> None:
    books = town.centre.books
    for _ in range(2):
        sent(town, 500)
    assert bring(books, line("b3", "", "5.00", "退款")).transfers == 0
    assert proposed(books) == []


def test_somebody_elses_payment_proves_none_of_ours(town: Town) -> None:
    books = town.centre.books
    sent(town, 50_000)
    assert bring(books, line("w1", "", "500.00", "rent of the office")).transfers == 0
    assert transfers(books) == [(-50_000, BankVerdict.PROPOSED)]
    # Who says what it was instead says that it is not this one.
    with transaction(books.engine) as connection:
        items = audit_list(connection, datetime.now(UTC) + LATER)
    (rent,) = [one for one in items if one.code == "bank_not_found"]
    close(books, rent)
    assert transfers(books) == [(-50_000, BankVerdict.NOT_FOUND)]


NO_KEYS = [
    ("20261124 wang", "20261124 other people"),
    ("payment of wang", "payment of li"),
    ("20261124093000", "20261124093000 li"),
]


@pytest.mark.parametrize(("typed", "remark"), NO_KEYS, ids=["day", "letters", "moment"])
def test_a_day_or_a_plain_word_is_no_reference(town: Town, typed: str, remark: str) -> None:
    books = town.centre.books
    received(town, 50_000, typed)
    assert bring(books, line("b1", "500.00", remark=remark)).transfers == 0
    assert transfers(books) == [(50_000, BankVerdict.NOT_FOUND)]


def test_a_reference_that_is_whole_comes_before_a_word_of_another_payment(town: Town) -> None:
    books = town.centre.books
    received(town, 50_000, "20261124 zhang888888 BANK-778899")
    received(town, 50_000, "BANK-778899")
    told = line("a1", "500.00", remark="zhang888888") + line("BANK-778899", "500.00")
    assert bring(books, told).transfers == 2
    with books.owner.connect() as connection:
        found = connection.execute(
            text("SELECT m.ref FROM bank_matches m JOIN journal USING (entry_id) ORDER BY seq")
        )
        assert found.scalars().all() == ["a1", "BANK-778899"]


def test_a_word_that_several_payments_carry_is_the_reference_of_none(town: Town) -> None:
    books = town.centre.books
    received(town, 50_000, "户62220012 wang")
    received(town, 50_000, "户62220012 li")
    assert bring(books, line("b1", "500.00", remark="62220012")).transfers == 0
    # Nor is one that stands in two lines.
    received(town, 70_000, "ZK991188")
    told = line("c1", "700.00", remark="ZK991188 a") + line("c2", "700.00", remark="ZK991188 b")
    assert bring(books, told).transfers == 0


def test_cash_and_codes_are_no_transfers(town: Town) -> None:
    books = town.centre.books
    town.sell("S001", 1, fen=3_000)
    received(town, 3_000, "", tender="cash")
    bring(books, line("b1", "30.00"))
    assert transfers(books) == []
    assert lines(books) == {"b1": BankVerdict.NOT_FOUND}


def test_bad_lines_of_a_statement_are_said(town: Town) -> None:
    books = town.centre.books
    content = HEAD + line("b1", '"1,200.5"') + "2026-11-24,b2,,,x,\n,b3,5,,x,\n"
    content += line("b4", "1,200.5") + line("b5", "3", "4")
    with transaction(books.engine) as connection:
        raw = content.encode()
        file = take_file(connection, FileKind.BANK, "a", "s.csv", raw, by="anna")
        looked = look_at(connection, file)
    assert (looked.rows, looked.fen) == (1, 120_050)
    assert [(one.line, one.code) for one in looked.bad] == [
        *((3, "row_amount"), (4, "row_time"), (5, "row_cells"), (6, "row_amount"))
    ]
    with pytest.raises(Refusal, match="file_columns"), transaction(books.engine) as connection:
        take_file(connection, FileKind.BANK, "a", "s", "流水号,卡号\n1,2\n".encode(), by="anna")


def test_one_column_with_a_sign_is_read_too(town: Town) -> None:
    books = town.centre.books
    received(town, 840_000, QUOTE)
    raw = f"Date;Serial;Amount;Remark\n{datetime.now(UTC):%Y-%m-%d %H:%M};x1;8400.00;{QUOTE}\n"
    with transaction(books.engine) as connection:
        file = take_file(connection, FileKind.BANK, "a", "s.csv", raw.encode(), by="anna")
        accept_file(connection, file.number, by="ben")
        assert match_all(connection, datetime.now(UTC)).transfers == 1
    with books.owner.connect() as connection:
        assert connection.scalar(text("SELECT fen FROM bank_lines")) == 840_000
