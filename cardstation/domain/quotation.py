"""The quote of a batch: what every live line costs, what is not possible, and how it is paid."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from cardstation.domain.batch_id import short_id
from cardstation.domain.check_digit import luhn_digit, luhn_ok
from cardstation.domain.money import Money
from cardstation.domain.tariff import Quote
from cardstation.domain.volume import Volume

VALID_DAYS = 7
"""Days a quote holds, the day it is made not counted; prices freeze when the money is certain."""

_STILL_PAID = timedelta(days=180)
"""However late a transfer may come."""
_REFERENCE = re.compile(r"(?=(?<![0-9])((?:[0-9][\s-]?){13}[0-9])(?![0-9]))")


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line with its price.

    Attributes:
        place: In the batch, from 1.
        offer: Price with its tiers; None for an order that was paid online.
        own: Money for it came in its household's own envelope.
    """

    place: int
    door: str
    account_no: str
    card_no: str
    offer: Quote | None
    own: bool = False

    @property
    def to_pay(self) -> Money | None:
        """What the property manager pays for it, None where the household pays itself."""
        return None if self.offer is None or self.own else self.offer.money


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that cannot be loaded, and why: a code of the catalogue."""

    place: int
    door: str
    card_no: str
    reason: str


@dataclass(frozen=True, slots=True)
class BatchQuote:
    """One quote over the live lines of a batch, as printed.

    Attributes:
        quote_no: `2026-11-24-01-S001-Q1`.
        lines: Building, unit, room: the order in which money is divided once this is signed.
        total: What the property manager pays.
        per_load_max: Largest single load the desk sells.
        reference: What a transfer must carry; ends with its check digit.
        digest: SHA-256 over everything the paper says of the lines, hex.
    """

    quote_no: str
    batch_id: str
    company: str
    station: str
    clerk: str
    list_name: str
    community: str
    made_at: datetime
    valid_until: date
    lines: tuple[QuotedLine, ...]
    refused: tuple[RefusedLine, ...]
    total: Money
    per_load_max: Volume
    reference: str
    digest: str
    training: bool


@dataclass(frozen=True, slots=True)
class QuoteFact:
    """A quote as the ledger keeps it: numbers and a digest, nobody's name.

    Attributes:
        order: Places of the lines to be paid, in the order of the paper.
        fen: Their total.
        refused: How many lines are not possible.
        reliefs: Places of lines at the full price whose household has a relief on file; who made
            the quote was told so.
    """

    quote_no: str
    reference: str
    valid_until: date
    order: tuple[int, ...]
    fen: int
    refused: int
    digest: str
    reliefs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class QuoteSigned:
    """Who pays agreed to a quote: its lines, its prices, and the order in which money is divided.

    Attributes:
        picture: SHA-256 of the signature's picture, or `paper`.
        people: SHA-256 of the page that names who signed, or empty; it stays at the station.
    """

    quote_no: str
    picture: str
    people: str


@dataclass(frozen=True, slots=True)
class QuoteStanding:
    """The newest quote of a batch, and whether it still holds.

    Attributes:
        signed_at: When who pays signed it, None while nobody did.
        voided: The list was revised since, or its lines changed: a new quote is needed.
        expired: Its last day is over.
    """

    fact: QuoteFact
    made_at: datetime
    clerk: str
    voided: bool
    expired: bool
    signed_at: datetime | None = None

    @property
    def holds(self) -> bool:
        """True while money may be taken by it."""
        return not (self.voided or self.expired)


def payment_reference(station_number: int, batch_id: str, issue: int) -> str:
    """A number short enough to be copied by hand: station, day, batch, quote, check digit.

    Args:
        station_number: 1–65535; its last three digits are shown.
        batch_id: `2026-11-24-01-S001`.
        issue: The how-manieth quote of the batch.
    """
    year, month, day, number = short_id(batch_id).split("-")
    plain = f"{station_number % 1000:03d}{year[2:]}{month}{day}{int(number) % 100:02d}"
    plain += f"{issue % 100:02d}"
    return plain + luhn_digit(plain)


def quoted_at(reference: str, today: date) -> str:
    """The last three digits of the station whose quote a reference may be of; empty for none.

    A bank's own number of fourteen digits has a right check digit in one of ten; the day in it is
    one of the last half year's in one of ten thousand of those.
    """
    year, month, day = (int(reference[at : at + 2]) for at in (3, 5, 7))
    try:
        made = date(2000 + year, month, day)
    except ValueError:
        return ""
    recent = today - _STILL_PAID <= made <= today + timedelta(days=1)
    numbered = reference[9:11] != "00" and reference[11:13] != "00"
    return reference[:3] if recent and numbered else ""


def grouped(reference: str) -> str:
    """A reference as it is printed: `001 261124 01 01 7`."""
    cuts = (0, 3, 9, 11, 13, 14)
    return " ".join(reference[a:b] for a, b in pairwise(cuts))


def references_in(text: str) -> tuple[str, ...]:
    """Whatever in a transfer's text may be a reference: spaces left out, check digit right."""
    found = (re.sub(r"\D", "", one) for one in _REFERENCE.findall(text))
    return tuple(one for one in found if luhn_ok(one))


def signed_order(order: Iterable[int], places: Iterable[int]) -> tuple[int, ...]:
    """Places in the order of a quote; those it does not name come after, in list order."""
    rank = {place: at for at, place in enumerate(order)}
    return tuple(sorted(places, key=lambda place: (rank.get(place, len(rank)), place)))
