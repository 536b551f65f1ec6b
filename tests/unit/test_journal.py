"""The journal: one chain of exact bytes, and the proofs that name where it was touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.central.batch import UNREADABLE, read_batch
from cardstation.domain.ledger import GENESIS, Entry, EntryKind, entry_hash
from cardstation.errors import Defect, Mishap, Refusal
from cardstation.services.intent.facts import append
from cardstation.services.intent.ids import new_id
from cardstation.services.verify import verify
from cardstation.store.anchor import AnchorMark
from tests.kit import cards
from tests.kit.desk import StandingClock
from tests.kit.facts import Chain
from tests.kit.station import Desk, card_of, open_desk
from tests.kit.tamper import forged, touched


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk that has made one sale."""
    opened = open_desk(tmp_path)
    opened.sell(card_of(cards.household()))
    yield opened
    opened.station.store.close()


def codes(desk: Desk) -> set[str]:
    return {found.code for found in verify(desk.station).disagreements}


def test_entries_are_chained_by_their_exact_bytes(desk: Desk, tmp_path: Path) -> None:
    with desk.station.store.reading() as reading:
        stored = tuple(reading.journal.every())
    before = GENESIS
    for number, one in enumerate(stored, start=1):
        assert one.hash == entry_hash(one.raw)
        assert (one.entry.seq, one.entry.prev_hash) == (number, before)
        assert one.entry.to_bytes() == one.raw
        before = one.hash
    assert [one.entry.kind for one in stored] == ["paid", "armed", "sealed"]


def test_an_entry_that_does_not_follow_is_a_defect(desk: Desk, tmp_path: Path) -> None:
    with desk.station.store.unit() as unit:
        last = unit.journal.at(3)
        assert last is not None
        for wrong in ({"seq": 5}, {"seq": 4, "prev_hash": GENESIS}):
            with pytest.raises(Defect):
                unit.journal.append(replace(last.entry, entry_id="x", **wrong))  # type: ignore[arg-type]


def test_a_changed_amount_is_found(desk: Desk, tmp_path: Path) -> None:
    with desk.station.store.reading() as reading:
        stored = reading.journal.at(1)
        assert stored is not None
    cheaper = replace(stored.entry, fen=1).to_bytes().hex()
    forged(tmp_path, f"UPDATE journal SET raw = x'{cheaper}' WHERE seq = 1")  # noqa: S608
    assert {"chain_broken", "entry_disagrees", "term_differs"} <= codes(desk)


def test_a_rewritten_chain_is_found_by_the_anchor(desk: Desk, tmp_path: Path) -> None:
    forged(
        tmp_path,
        "DELETE FROM card_load",
        "DELETE FROM receipt",
        "DELETE FROM topup_log",
        "DELETE FROM code_attempt",
        "DELETE FROM topup",
        "DELETE FROM journal",
    )
    assert "store_rolled_back" in codes(desk)
    with pytest.raises(Refusal) as refused:
        desk.sell(card_of(cards.household()))
    assert refused.value.code == "store_rolled_back"


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (
            "UPDATE receipt SET frozen = replace(frozen, '-000001', '-000002')",
            "receipt_numbers_gap",
        ),
        ("DELETE FROM receipt", "receipt_disagrees"),
        ("UPDATE topup SET state = 'paid'", "log_disagrees"),
        ("DELETE FROM topup_log WHERE state = 'sealed'", "journal_disagrees"),
        ("UPDATE card_load SET load_no = 1", "counter_disagrees"),
        ("UPDATE households SET balance = 999", "term_differs"),
        ("UPDATE journal SET raw = x'7b7d' WHERE seq = 2", "entry_unreadable"),
        ("UPDATE journal SET epoch = 2 WHERE seq = 3", "chain_broken"),
        ("UPDATE journal SET subject = 'another' WHERE seq = 1", "chain_broken"),
        ("UPDATE topup SET meter_no = 'QM99999999'", "entry_disagrees"),
        ("UPDATE topup SET counter_after = 77", "entry_disagrees"),
        ("UPDATE topup SET order_id = 'D9'", "entry_disagrees"),
        ("UPDATE topup SET before = zeroblob(256)", "entry_disagrees"),
        ("UPDATE topup SET plan = replace(plan, '00', '01')", "entry_disagrees"),
        (
            "UPDATE receipt SET frozen = replace(frozen, '\"cash\"', '\"qr_code\"')",
            "receipt_disagrees",
        ),
        (
            "UPDATE receipt SET frozen = replace(frozen, 'counter\":51', 'counter\":52')",
            "receipt_disagrees",
        ),
    ],
)
def test_every_touched_record_is_named(
    desk: Desk, tmp_path: Path, statement: str, code: str
) -> None:
    assert not codes(desk)
    forged(tmp_path, statement)
    assert code in codes(desk)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE topup SET state = 'realed'",
        "UPDATE topup SET quote = '{'",
        "UPDATE receipt SET frozen = replace(frozen, 'tender', 'tendar')",
    ],
)
def test_what_cannot_be_read_is_damage_and_no_defect(
    desk: Desk, tmp_path: Path, statement: str
) -> None:
    forged(tmp_path, statement)
    with pytest.raises(Mishap) as damage:
        verify(desk.station)
    assert damage.value.code == "store_damaged"


def test_a_schema_that_cannot_be_read_is_damage(desk: Desk, tmp_path: Path) -> None:
    made = "UPDATE sqlite_master SET sql = 'CREATE' WHERE name = 'topup'"
    touched(tmp_path, "PRAGMA writable_schema = ON", made)
    with pytest.raises(Mishap) as damage:
        verify(desk.station)
    assert damage.value.code == "store_damaged"


def test_a_fact_without_a_story_is_found(desk: Desk, tmp_path: Path) -> None:
    with desk.station.store.unit() as unit:
        append(desk.station, unit, EntryKind.RECEIVED, "nobody", fen=5, tender="cash", batch="x")
        unit.commit()
    assert "payment_disagrees" in codes(desk)


def test_a_restored_backup_does_not_sell(desk: Desk, tmp_path: Path) -> None:
    desk.station.store.anchor.write(AnchorMark(1, 99, "ab"))
    with pytest.raises(Refusal) as refused:
        desk.sell(card_of(cards.household()))
    assert refused.value.code == "store_rolled_back"


def test_ids_sort_by_time_and_carry_their_version() -> None:
    clock = StandingClock()
    ids = [new_id(clock)]
    clock.at = clock.at.replace(second=1)
    ids.append(new_id(clock))
    assert ids == sorted(ids)
    assert all(one[14] == "7" and one[19] in "89ab" for one in ids)


def test_an_entry_reads_back_only_as_an_entry() -> None:
    with pytest.raises(ValueError, match="not an entry"):
        Entry.from_bytes(b"{}")


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"Infinity", b"1.5", b'"1"', b"true"])
def test_bytes_with_a_number_that_is_none_are_no_entry(number: bytes) -> None:
    """The ledger keeps the place of what nobody can read, and goes on behind it."""
    raw = Chain("S001").draft("paid", tender="cash", account_no="1", fen=1, tiers=((1, 1, 1),))
    bad = raw.replace(b'"tiers":[[1,1,1]]', b'"tiers":[[%s,1,1]]' % number)
    assert Entry.from_bytes(raw).tiers == ((1, 1, 1),)
    with pytest.raises(ValueError, match="not an entry"):
        Entry.from_bytes(bad)
    (sent,) = read_batch("S001", [bad])
    assert sent.flaw == UNREADABLE
