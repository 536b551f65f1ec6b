"""Books what the ledger says of our seals: loads of other desks, finished or sealed twice."""

from __future__ import annotations

from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import MAY_BE_ON_CARD, Direction, TopUpState
from cardstation.services.intent.adopt import settle_elsewhere as close
from cardstation.services.intent.giving_back import record_disowned, record_sealed_twice
from cardstation.services.intent.standing import finished_by
from cardstation.services.station import Station

_STAYS = frozenset({TopUpState.VOIDED})
"""A return that changed nothing; any other has undone the seal already, or is about to."""

_NOT_SEALED = MAY_BE_ON_CARD | {
    *(TopUpState.NOT_LOADED, TopUpState.DISPUTED, TopUpState.REFUND_REQUESTED),
}

FALSE_SEAL, SEALED_BEFORE = "false_seal", "sealed_before"


def settle_elsewhere(station: Station) -> None:
    """Act on the ledger's exceptions once each, and close loads that other stations finished.

    A false seal (the load on the card is another desk's, which looks the same) frees our money:
    exactly one of the two payments goes back, at the desk that took it. A load sealed twice stays
    sold in the books that were first. Safe to run after every sync and to be cut at any point.

    Raises:
        LedgerUnreachable, LedgerRefused: asked again after the next sync.
    """
    with station.store.reading() as reading:
        facts = [
            (told.code, stored.entry)
            for told in reading.outbox.exceptions()
            if told.code in (FALSE_SEAL, SEALED_BEFORE)
            and (stored := reading.journal.at(told.seq)) is not None
        ]
    for code, entry in facts:
        _act(station, code, entry)
    _close_finished(station)


def _act(station: Station, code: str, entry: Entry) -> None:
    with station.store.reading() as reading:
        intent = reading.topups.get(entry.subject)
        corrected = any(
            found is not None and found.entry.corrects == entry.entry_id
            for kind in (EntryKind.NOT_LOADED, EntryKind.ELSEWHERE)
            for found in (reading.journal.last_about(entry.subject, kind),)
        ) or any(one.state not in _STAYS for one in reading.topups.returns_of(entry.subject))
    if entry.kind is not EntryKind.SEALED or intent is None or corrected:
        return
    if code == FALSE_SEAL and intent.state is TopUpState.SEALED:
        record_disowned(station, intent)
    elif code == SEALED_BEFORE:
        record_sealed_twice(station, intent)


def _close_finished(station: Station) -> None:
    """Loads of ours that are not sealed here, and sealed elsewhere."""
    if station.ledger is None:
        return
    with station.store.reading() as reading:
        waiting = [one for one in reading.topups.open_intents() if _may_be_elsewhere(one)]
    for intent in waiting:
        told = station.ledger.loads_of(intent.identity.card_no)
        other = finished_by(told, intent.topup_id, station.name)
        if other:
            _close(station, intent.topup_id, other)


def _close(station: Station, topup_id: str, sealed_by: str) -> None:
    """Its card may have moved it on while the ledger was asked."""
    with station.store.reading() as reading:
        now = reading.topups.get(topup_id)
    if now is not None and _may_be_elsewhere(now):
        close(station, now, sealed_by)


def _may_be_elsewhere(intent: TopUp) -> bool:
    return intent.state in _NOT_SEALED and intent.direction is Direction.SALE
