"""The rollback anchor: signed, forward only, and no bit of it is anybody else's to change."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.errors import CardStationError
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.guards import ensure_may_sell, ensure_may_write
from cardstation.services.verify import verify
from cardstation.store.anchor import AnchorMark
from drivers.keys import Ed25519DeviceKey
from tests.kit.station import Desk, card_of, neighbours, open_desk

HOMES = neighbours(2)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with a key of its own that has made two sales."""
    opened = open_desk(tmp_path, households=HOMES)
    opened.station = replace(opened.station, device_key=Ed25519DeviceKey.generate())
    for home in HOMES:
        opened.sell(card_of(home))
    yield opened
    opened.station.store.close()


def refused(desk: Desk) -> str:
    """The code selling is refused with, empty when it is not; `verify` names the same."""
    named = [found.code for found in verify(desk.station).disagreements]
    codes = []
    for guard in (ensure_may_write, ensure_may_sell):
        try:
            guard(desk.station)
        except CardStationError as error:
            codes.append(error.code)
    assert named == codes[:1] == codes[1:]
    return codes[0] if codes else ""


def mark_of(desk: Desk) -> AnchorMark:
    mark = desk.station.store.anchor.read()
    assert mark is not None
    return mark


def test_the_anchor_carries_the_device_keys_word(desk: Desk) -> None:
    mark = mark_of(desk)
    assert (mark.station, mark.seq) == ("S001", 5)
    assert desk.station.device_key.verify(bytes.fromhex(mark.signature), mark.message)
    assert refused(desk) == ""


def test_an_anchor_rewritten_without_the_key_is_forged(desk: Desk) -> None:
    mark = mark_of(desk)
    with desk.station.store.reading() as reading:
        older = reading.journal.at(2)
    assert older is not None
    stranger = Ed25519DeviceKey.generate()
    back = replace(mark, seq=2, hash=older.hash)
    for forged in (
        back,
        replace(back, signature=stranger.sign(back.message).hex()),
        replace(back, signature="no hex"),
        AnchorMark(1, 2, older.hash),
    ):
        desk.station.store.anchor.write(forged)
        assert refused(desk) == "anchor_forged"
        anchor_journal(desk.station)
        assert mark_of(desk) == forged


def test_an_anchor_that_was_taken_away_is_missed(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "anchor").unlink()
    assert refused(desk) == "anchor_missing"
    anchor_journal(desk.station)
    assert not (tmp_path / "anchor").exists()


def test_an_anchor_ahead_of_the_store_stays_ahead(desk: Desk) -> None:
    ahead = replace(mark_of(desk), seq=99)
    signed = replace(ahead, signature=desk.station.device_key.sign(ahead.message).hex())
    desk.station.store.anchor.write(signed)
    assert refused(desk) == "store_rolled_back"
    anchor_journal(desk.station)
    assert mark_of(desk) == signed


def test_the_anchor_moves_forward_to_the_head(desk: Desk) -> None:
    anchor_journal(desk.station)
    assert mark_of(desk).seq == 6
    assert refused(desk) == ""


def test_every_bit_of_the_anchor_is_guarded(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "anchor"
    raw = path.read_bytes()
    bits = random.Random(7).sample(range(len(raw) * 8), 64)
    for bit in bits:
        path.write_bytes(flipped(raw, bit))
        assert refused(desk) in ("anchor_damaged", "anchor_forged")
    path.write_bytes(raw)
    assert refused(desk) == ""


def flipped(raw: bytes, bit: int) -> bytes:
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
