"""Presents a card's code while it is written as a whole; every attempt is on disk before it."""

from __future__ import annotations

from typing import Protocol

from cardstation.domain.topup import TopUp, Work
from cardstation.errors import CodeRefused, Refusal
from cardstation.ports.chip import Chip
from cardstation.ports.layout import Format
from cardstation.services.intent.load import may_present, note_attempt
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.attempts import Attempt

CODE_CHANGES = (Work.ISSUE, Work.REISSUE, Work.CLEAR, Work.TOOL, Work.TOOL_BACK)
"""Works during which a card has the code of a blank, or its own, or a mixture."""


class CardInLane(Protocol):
    """A card in the lane as far as writing it whole goes."""

    chip: Chip
    image: bytes

    @property
    def layout(self) -> Format:
        """What tells it from others."""

    @property
    def blank_code(self) -> bytes:
        """What opens a blank of its chip."""

    def power_cycle(self) -> bytes:
        """Power it down and up again, and read it."""


def own_code(station: Station, card: CardInLane, intent: TopUp) -> bytes:
    """The code that a card has once it is issued.

    Raises:
        Refusal: `no_key_for_maker`.
    """
    identity, length = intent.identity, len(card.blank_code)
    return station.keys.code_for(identity.maker, identity.card_no, length) if length else b""


def ensure_presentable(station: Station, card: CardInLane, intent: TopUp) -> None:
    """Before anything is begun: there is a key, and the card bears a code.

    Raises:
        Refusal: `no_key_for_maker`, `code_tries_low`.
    """
    own_code(station, card, intent)
    tries = card.chip.tries_left()
    if not may_present(tries, card.chip.all_tries, 0):
        raise Refusal("code_tries_low", card_no=intent.identity.card_no, tries_left=tries)


def was_tried(station: Station, intent: TopUp) -> bool:
    """Whether a code was ever presented for this work: only then may a card be written."""
    with station.store.reading() as reading:
        return reading.attempts.last_of(intent.topup_id) is not None


def refused_before(station: Station, card: CardInLane, intent: TopUp) -> bool:
    """Its own code was refused at an earlier insertion, and one try is still missing."""
    with station.store.reading() as reading:
        last = reading.attempts.last_of(intent.topup_id)
    tries = card.chip.tries_left()
    spent = tries is not None and tries == card.chip.all_tries - 1
    return intent.reference in CODE_CHANGES and spent and last is Attempt.REFUSED


def present(
    station: Station, card: CardInLane, intent: TopUp, code: bytes, *, after_own: bool = False
) -> None:
    """Present a code once, if the rule allows it; the attempt is on disk before.

    Args:
        station: The desk.
        card: In the lane.
        intent: The work.
        code: Its own, or the one of a blank.
        after_own: Its own was refused just now: one try is missing for that.
    """
    identity = intent.identity
    with station.store.reading() as reading:
        torn = _torn(reading, intent, card.chip.all_tries)
    tries = card.chip.tries_left()
    if not (after_own or may_present(tries, card.chip.all_tries, torn)):
        raise Refusal("code_tries_low", card_no=identity.card_no, tries_left=tries)
    note_attempt(station, intent, Attempt.PRESENTING, tries)
    try:
        card.chip.unlock(code, last_tries=after_own or torn > 0)
    except CodeRefused:
        note_attempt(station, intent, Attempt.REFUSED, tries)
        raise
    except Refusal:
        note_attempt(station, intent, Attempt.WITHHELD, tries)
        raise
    note_attempt(station, intent, Attempt.ACCEPTED, tries)


def _torn(reading: Reading, intent: TopUp, every: int) -> int:
    """Attempts that were cut short: of this card, or, on a work that changes codes, of that."""
    if intent.reference in CODE_CHANGES:
        return reading.attempts.torn_of(intent.topup_id, every)
    return reading.attempts.torn(intent.identity.maker, intent.identity.card_no, every)
