"""Undoes a card that took the place of another: the one before it is the live one again.

Nothing of it was ever written, or it lies at the desk and is made a blank.
"""

from __future__ import annotations

from cardstation.domain.ledger import PEOPLE, EntryKind
from cardstation.domain.reissue import UNDONE
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import TopUpEvent
from cardstation.errors import fail
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.facts import append_about, stamp
from cardstation.services.intent.generations import give_back_generation
from cardstation.services.station import Station
from cardstation.store import Unit


def record_undone(station: Station, work: TopUp, words: str, approver: str) -> TopUp:
    """The card was begun, and never written: something had come before it."""
    with station.store.unit() as unit:
        moved = _undone(station, unit, work, words, approver)
        unit.commit()
    anchor_journal(station)
    return moved


def undo_reissue(station: Station, unit: Unit, clearing: TopUp) -> None:
    """The new card is nobody's again; the caller commits."""
    begun = unit.journal.last_about(clearing.topup_id, EntryKind.CARD_ARMED)
    approver = (begun or fail("it was armed")).entry.approver
    work = unit.topups.get(clearing.corrects) or fail("a clearing names the work it undoes")
    _undone(station, unit, work, "its card is nobody's again", approver or station.clerk)


def _undone(station: Station, unit: Unit, work: TopUp, words: str, approver: str) -> TopUp:
    entry = append_about(
        station,
        unit,
        EntryKind.CARD_GIVEN_UP,
        work,
        witness=PEOPLE + words,
        approver=approver,
        detail=UNDONE,
    )
    moved = unit.topups.move(
        work,
        TopUpEvent.PROVEN_NOT_LOADED,
        stamp(station, approver),
        seq=entry.seq,
        reason="undone",
    )
    give_back_generation(unit, moved)
    return moved
