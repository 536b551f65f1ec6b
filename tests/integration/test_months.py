"""The journal lies in months: what may be there once is there once over all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from cardstation.central import schema
from cardstation.central.console.visit import ZONE
from cardstation.central.engine import open_engine
from cardstation.central.months import keep_months, make_months
from cardstation.central.proving import disagreements
from cardstation.domain.ids import id_at
from cardstation.domain.ledger import Entry, Order
from tests.kit.facts import Chain
from tests.kit.old_books import books_at
from tests.kit.postgres import Books, Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

NOW = datetime.now(ZONE)
LAST_YEAR = datetime(NOW.year - 1, 5, 1, tzinfo=ZONE)
WHERE = "SELECT station || seq, tableoid::regclass::text FROM journal WHERE station <> 'centre'"
PARTS = """
    SELECT relid::regclass::text, has_table_privilege('cardstation_service', relid, kind)
    FROM pg_partition_tree('journal'), unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE',
        'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS kind
    WHERE isleaf
"""


@pytest.fixture
def chance() -> Iterator[int]:
    return iter(range(1, 1_000))


def name_of(day: datetime) -> str:
    return f"journal_{day:%Y_%m}"


def where(books: Books) -> dict[str, str]:
    with books.owner.connect() as connection:
        return dict(map(tuple, connection.execute(text(WHERE))))


def make(connection: Connection, day: datetime) -> bool:
    return bool(connection.scalar(text("SELECT make_month(:day)"), {"day": day.date()}))


def test_an_entry_is_in_the_month_of_its_id(centre: Centre, chance: Iterator[int]) -> None:
    """To the millisecond, at the utility; without a time, or without its month, in the default."""
    chain, ledger = Chain(), centre.station()
    first = datetime(NOW.year, NOW.month, 1, tzinfo=ZONE)
    moments = [first, first - timedelta(milliseconds=1), LAST_YEAR]
    sent = [chain.add("armed", entry_id=id_at(at, next(chance))) for at in moments]
    sent += [chain.add("armed"), chain.put(b"nobody can read this")]
    ledger.push(sent, ledger.head().nonce)
    assert where(centre.books) == {
        "S0011": name_of(first),
        **dict.fromkeys(("S0012", "S0013", "S0014", "S0015"), "journal_default"),
    }


def test_the_service_has_no_right_on_any_month(ledger_books: Books) -> None:
    with ledger_books.owner.connect() as connection:
        found = connection.execute(text(PARTS)).all()
    assert {part for part, _ in found} >= {"journal_default", name_of(NOW)}
    assert not any(right for _, right in found)


def test_a_month_that_is_made_late_takes_its_entries(centre: Centre, chance: Iterator[int]) -> None:
    chain, ledger = Chain(), centre.station()
    at = [LAST_YEAR + timedelta(days=days) for days in (0, 30, 31)]
    sale = chain.sale()
    sent = [*sale, *(chain.add("armed", entry_id=id_at(one, next(chance))) for one in at)]
    ledger.push(sent, ledger.head().nonce)
    with centre.books.engine.begin() as connection:
        assert [make(connection, LAST_YEAR) for _ in range(2)] == [True, False]
        assert not make(connection, LAST_YEAR.replace(year=2019))
        assert not make(connection, NOW + timedelta(days=800))
    found = where(centre.books)
    assert [found[f"S001{seq}"] for seq in (4, 5, 6)] == [
        *(name_of(LAST_YEAR), name_of(LAST_YEAR), "journal_default")
    ]
    assert disagreements(centre.books.engine) == ()
    again = ledger.push(sent, ledger.head().nonce)
    assert again.acked_seq == 6


def test_an_id_that_was_posted_in_any_month_is_not_posted_again(
    centre: Centre, chance: Iterator[int]
) -> None:
    used = [id_at(at, next(chance)) for at in (NOW, LAST_YEAR)]
    for name in ("S001", "S002"):
        ledger, chain = centre.station(name), Chain(name)
        ack = ledger.push([chain.add("armed", entry_id=one) for one in used], ledger.head().nonce)
        codes = [one.code for one in ack.exceptions]
        assert codes == ([] if name == "S001" else ["entry_id_reused"] * 2)


def test_a_load_is_sealed_and_taken_back_once_over_all_months(
    centre: Centre, chance: Iterator[int]
) -> None:
    with centre.books.engine.begin() as connection:
        make(connection, LAST_YEAR)
    who = {"subject": "one load", "account_no": "0000000001", "fen": 3_000, "tender": "cash"}
    codes = []
    sealed = id_at(LAST_YEAR, next(chance))
    for name, at in (("S001", LAST_YEAR), ("S002", NOW)):
        ledger, chain = centre.station(name), Chain(name)
        own = sealed if name == "S001" else id_at(at, next(chance))
        back = {**who, "corrects": sealed, "entry_id": id_at(at, next(chance))}
        sent = [chain.add("sealed", **who, entry_id=own), chain.add("not_loaded", **back)]
        for one in sent:
            ack = ledger.push([one], ledger.head().nonce)
        codes.append([one.code for one in ack.exceptions])
    assert codes[0] == []
    assert where(centre.books)["S0011"] == name_of(LAST_YEAR)
    assert where(centre.books)["S0021"] == name_of(NOW)
    assert codes[1] == ["return_without_load"]


@pytest.mark.parametrize(
    "planted",
    [
        "UPDATE entry_index SET sealed = NULL WHERE seq = 3",
        "UPDATE entry_index SET undone = 'x' WHERE seq = 1",
        "INSERT INTO entry_index VALUES (gen_random_uuid(), 'S001', 9)",
    ],
)
def test_the_proof_sees_an_index_that_is_not_the_journal(centre: Centre, planted: str) -> None:
    ledger = centre.station()
    ledger.push(Chain().sale(), ledger.head().nonce)
    with centre.books.owner.connect() as connection:
        connection.execute(text(planted))
        connection.commit()
        assert "not what the index says" in " ".join(disagreements(centre.books.engine))
        connection.execute(text("UPDATE entry_index SET undone = NULL"))
        connection.execute(text("DELETE FROM entry_index WHERE seq = 9"))
        connection.execute(
            text(
                "UPDATE entry_index SET sealed = subject FROM journal"
                " WHERE entry_index.entry_id = journal.entry_id AND kind = 'sealed'"
            )
        )
        connection.commit()


def test_a_month_waits_for_no_long_reader(centre: Centre) -> None:
    owner = centre.books.owner
    with owner.begin() as connection:
        connection.execute(text("ALTER FUNCTION make_month SET lock_timeout = '1ms'"))
    with owner.begin() as reader, centre.books.engine.begin() as connection:
        reader.execute(text("SELECT count(*) FROM journal_default"))
        assert not make(connection, LAST_YEAR)
        make_months(connection)
    with centre.books.engine.begin() as connection:
        assert make(connection, LAST_YEAR)


def test_a_start_without_a_database_that_writes_goes_on(ledger_books: Books) -> None:
    gone = open_engine("postgresql+psycopg://nobody@/nowhere?host=/nowhere", connections=1)
    keep_months(gone)
    with ledger_books.owner.begin() as connection:
        connection.execute(text(f"DROP TABLE {name_of(_next(NOW))}"))
    keep_months(ledger_books.engine)
    with ledger_books.owner.connect() as connection:
        there = text("SELECT to_regclass(:name) IS NOT NULL")
        assert connection.scalar(there, {"name": name_of(_next(NOW))})


def test_a_month_that_is_taken_off_is_missed_and_may_come_back(
    centre: Centre, chance: Iterator[int]
) -> None:
    """As docs/operations.md says it."""
    chain, ledger = Chain(), centre.station()
    ledger.push([chain.add("armed", entry_id=id_at(NOW, 1))], ledger.head().nonce)
    bounds = f"FROM (first_id_of('{NOW:%Y-%m-01}')) TO (first_id_of('{_next(NOW):%Y-%m-01}'))"
    with centre.books.owner.begin() as connection:
        connection.execute(text(f"ALTER TABLE journal DETACH PARTITION {name_of(NOW)}"))
    assert "not what the index says" in " ".join(disagreements(centre.books.engine))
    with centre.books.owner.begin() as connection:
        attach = f"ALTER TABLE journal ATTACH PARTITION {name_of(NOW)} FOR VALUES {bounds}"
        connection.execute(text(attach))


def _next(day: datetime) -> datetime:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def test_books_in_use_are_moved_into_their_months(centre: Centre, chance: Iterator[int]) -> None:
    chain, ledger = Chain(), centre.station()
    old_months = (datetime(2026, 3, 5, tzinfo=ZONE), datetime(2026, 4, 30, 23, 59, tzinfo=ZONE))
    ids = [id_at(at, next(chance)) for at in old_months]
    sale = chain.sale()
    returned = {"subject": Entry.from_bytes(sale[-1]).subject, "account_no": "0000000001"}
    returned |= {"corrects": Entry.from_bytes(sale[-1]).entry_id, "fen": 3_000}
    sent = [*sale, *(chain.add("armed", entry_id=one) for one in ids)]
    sent += [chain.add("not_loaded", **returned), chain.put(b"\x00")]
    ledger.push(sent, ledger.head().nonce)
    centre.desk().post_order(Order("O1", "0000000009", 5_000, 17_857, "r@1", 3, ""))
    with books_at(centre.books, "r0016") as old:
        schema.migrate(old)
        months = dict.fromkeys(("S0011", "S0012", "S0013", "S0016", "S0017"), "journal_default")
        moved = Books(old, old, "")
        assert where(moved) == months | {"S0014": "journal_2026_03", "S0015": "journal_2026_04"}
        assert disagreements(old) == ()
