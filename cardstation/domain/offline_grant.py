"""Offline grants: what a station may load before the ledger has heard of it, signed, for a time.

Pure. A grant bounds what is unheard, it is no purse: what the ledger has confirmed is not counted,
and contact renews it. Its time is measured between two moments of the centre's own clock, and runs
on the clock of the station's boot, which also runs while a laptop sleeps; a grant ends with the
boot it was taken in.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from cardstation.domain.money import NO_MONEY, Money
from cardstation.errors import CardStationError

MOST_FEN = 10**12
MOST_HOURS = 24 * 31
MOST_LIST_HOURS = 24 * 366

RENEWED_AFTER_US = 10 * 60 * 1_000_000
"""A grant that is older is replaced at the next contact; a younger one is signed again."""
GRACE_US = 5 * 60 * 1_000_000
"""So much longer the centre counts a grant as running."""

US_AN_HOUR = 3_600 * 1_000_000
_NS_AN_HOUR = 3_600 * 1_000_000_000
_NS_A_US = 1_000

UNDER = "grant "
"""Before the number, in what an armed entry rests on."""

MISSING = "grant_missing"
OVER = "grant_over"
USED_UP = "grant_used_up"
CARD_CAP = "grant_card_cap"
LIST_OLD = "grant_list_old"
STOPS = frozenset({MISSING, OVER, USED_UP, CARD_CAP, LIST_OLD})
"""Why a load waits until the desk is heard."""

PAID_WAITS = "paid_without_grant"
"""The money was taken before the grant ended: it waits on record."""

NOT_OURS = "grant_not_ours"
OLDER = "grant_older"


@dataclass(frozen=True, slots=True)
class Terms:
    """What two people of the centre allow a station; 0 is nothing, not "no limit".

    Attributes:
        money: Of all its loads that the ledger has not heard of.
        hours: Since the centre said so.
        card_money: Of those of one card.
        list_hours: Age of its list of blocked cards.
    """

    money: Money
    hours: int
    card_money: Money
    list_hours: int

    def __post_init__(self) -> None:
        within = (
            0 <= self.money.fen <= MOST_FEN
            and 0 <= self.card_money.fen <= MOST_FEN
            and 0 <= self.hours <= MOST_HOURS
            and 0 <= self.list_hours <= MOST_LIST_HOURS
        )
        if not within:
            raise ValueError("terms out of range")

    def within(self, room: Money) -> Terms:
        """The same with no more money than there is room for."""
        return replace(self, money=max(NO_MONEY, min(self.money, room)))


@dataclass(frozen=True, slots=True)
class Grant:
    """One grant of one station.

    Attributes:
        key: SHA-256 of the public key of the device it is for, hex.
        number: Higher than every earlier one of the station.
        list_no: Number of the newest list of blocked cards when it was given, 0 = there is none.
        list_hash: Of that list, hex: books that were put back may give its number to another.
        until_us: When it ends, microseconds since 1970 by the centre's clock.
    """

    station: str
    epoch: int
    key: str
    number: int
    terms: Terms
    list_no: int
    list_hash: str
    until_us: int


@dataclass(frozen=True, slots=True)
class GrantTold:
    """A grant as the centre says it in answer to one question.

    Attributes:
        now_us: The centre's clock as it answers, microseconds since 1970.
        nonce: Of the request, made up by the station: an old answer is no answer.
    """

    grant: Grant
    now_us: int
    nonce: str

    @property
    def message(self) -> bytes:
        """The bytes that are signed."""
        grant, terms = self.grant, self.grant.terms
        facts = (
            *(grant.station, grant.epoch, grant.key, grant.number),
            *(terms.money.fen, terms.hours, terms.card_money.fen, terms.list_hours),
            *(grant.list_no, grant.list_hash, grant.until_us, self.now_us, self.nonce),
        )
        parts = (f"{len(str(fact).encode())}:{fact}" for fact in facts)
        return "\n".join(("cardstation offline grant", *parts)).encode()

    @property
    def runs_ns(self) -> int:
        """How long it runs from the moment it was asked for: never longer than its hours."""
        left_us = self.grant.until_us - self.now_us
        return max(0, min(left_us * _NS_A_US, self.grant.terms.hours * _NS_AN_HOUR))


@dataclass(frozen=True, slots=True)
class KeptGrant:
    """A grant as the station has it.

    Attributes:
        boot_id: Of the boot in which it was asked for. ends_ns: When it ends, by its clock.
    """

    grant: Grant
    boot_id: str
    ends_ns: int


@dataclass(frozen=True, slots=True)
class Unheard:
    """What the ledger has not heard of, and how old the list of blocked cards is.

    Attributes:
        money: Of all loads. of_card: Of those of the card in hand.
        list_age_ns: Since the list was the centre's newest, by the clock of the boot; None = it
            is older than anybody here can say.
    """

    money: Money
    of_card: Money
    list_age_ns: int | None


def why_not(
    kept: KeptGrant | None,
    unheard: Unheard,
    more: Money,
    *,
    epoch: int,
    boot_id: str,
    now_ns: int,
) -> str:
    """Why so much more may not be loaded unheard, a code of `STOPS`; empty = it may."""
    if kept is None or (kept.grant.epoch, kept.boot_id) != (epoch, boot_id):
        return MISSING
    terms = kept.grant.terms
    if now_ns >= kept.ends_ns:
        return OVER
    if unheard.money + more > terms.money:
        return USED_UP
    if unheard.of_card + more > terms.card_money:
        return CARD_CAP
    age_ns = unheard.list_age_ns
    if age_ns is None or age_ns >= terms.list_hours * _NS_AN_HOUR:
        return LIST_OLD
    return ""


def refused_because(
    told: GrantTold, last: Grant | None, *, station: str, epoch: int, key: str
) -> str:
    """Why a station does not take a grant it was told, a code; empty = it takes it."""
    grant = told.grant
    if (grant.station, grant.epoch, grant.key) != (station, epoch, key):
        return NOT_OURS
    if last is None or last.epoch < grant.epoch:
        return ""
    newer = (grant.epoch, grant.number) > (last.epoch, last.number)
    return "" if newer or grant == last else OLDER


def key_of(public: bytes) -> str:
    """How a grant names a device's key."""
    return hashlib.sha256(public).hexdigest()


def is_stop(error: CardStationError) -> bool:
    """Whether a load waits only until the desk is heard."""
    return error.code in STOPS


def hours_left(kept: KeptGrant, boot_id: str, now_ns: int) -> int:
    """Whole hours a grant runs on, 0 when it is over or of another boot."""
    return max(0, kept.ends_ns - now_ns) // _NS_AN_HOUR if kept.boot_id == boot_id else 0
