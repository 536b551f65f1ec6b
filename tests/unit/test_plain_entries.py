"""The short way of reading an entry agrees with the long one, or leaves it the word."""

from __future__ import annotations

import random

import pytest

from cardstation.central.batch import read_slowly
from cardstation.central.plain_entries import plain_entry
from tests.kit.facts import Chain
from tests.kit.ledger_load import KINDS, Facts

MARK = "2117fb30-0544-4342-9543-0cbb7b0c3bef"
PLAIN = Chain("S001").draft(
    "paid", entry_id=MARK, subject="T1", account_no="0012", fen=3_000, tender="cash", clerk="王敏"
)

NOT_PLAIN = {
    "another field": (b'"seq":1', b'"seq":1,"more":1'),
    "a field is missing": (b'"seq":1,', b""),
    "a number beyond the books": (b'"fen":3000', b'"fen":%d' % (10**12 + 1)),
    "a number beyond the columns": (b'"seq":1', b'"seq":%d' % 2**63),
    "a number with a point": (b'"fen":3000', b'"fen":3000.0'),
    "true is no number": (b'"fen":3000', b'"fen":true'),
    "a number as text": (b'"fen":3000', b'"fen":"3000"'),
    "an id in capitals": (MARK.encode(), MARK.upper().encode()),
    "an id that is none": (MARK.encode(), b"one"),
    "a word with nothing in it": (b'"T1"', b'"T\\u00001"'),
    "half a character": (b'"T1"', b'"T\\ud800"'),
    "half a character, raw": (b'"T1"', b'"T\xed\xa0\x80"'),
    "no text at all": (b'"T1"', b'"T\xff"'),
    "a word too long for an index": (b'"T1"', b'"%s"' % (b"x" * 401)),
    "a kind nobody knows": (b'"paid"', b'"paid twice"'),
    "tiers of texts": (b'"tiers":[]', b'"tiers":[["1",2,3]]'),
    "a tier with a point": (b'"tiers":[]', b'"tiers":[[1,2,3.5]]'),
    "something behind it": (b'"witness":""}', b'"witness":""}}'),
}


def agree(raw: bytes) -> bool:
    """Whether it is plain; where it is, the long way says the same."""
    entry = plain_entry(raw)
    assert entry is None or entry == read_slowly(raw)[1], raw
    return entry is not None


def test_what_stations_write_is_plain() -> None:
    assert agree(PLAIN)
    assert all(agree(raw) for raw in Facts("S001", 300, 150).since(0))
    assert {entry.kind for raw in Facts("S1", 9, 9).since(0) if (entry := plain_entry(raw))} == set(
        KINDS
    )


@pytest.mark.parametrize(("old", "new"), NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_what_cannot_be_booked_is_not_plain(old: bytes, new: bytes) -> None:
    assert old in PLAIN
    assert not agree(PLAIN.replace(old, new, 1))


def test_the_last_of_two_fields_of_one_name_counts() -> None:
    raw = PLAIN.replace(b'"fen":3000', b'"fen":1,"fen":3000')
    assert agree(raw)


def test_whatever_is_changed_the_two_ways_never_differ() -> None:
    dice = random.Random(20261126)
    pieces = [
        b'"',
        b",",
        b":",
        b"{}",
        b"[]",
        b"0",
        b"1.0",
        b"-",
        b"1e3",
        b"\\",
        b"\\u0061",
        b"null",
    ]
    pieces += [
        b"true",
        b'"fen":9,',
        b'"x":1,',
        b"\xe7\x8e\x8b",
        b"\xed\xa0\x80",
        b"\x00",
        b" ",
        b"",
    ]
    plain = 0
    for _ in range(20_000):
        at = dice.randrange(len(PLAIN))
        cut = at + dice.choice((0, 0, 1, 2, 5))
        plain += agree(PLAIN[:at] + dice.choice(pieces) + PLAIN[cut:])
    assert plain > 1_000
