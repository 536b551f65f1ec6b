"""Ends a dispute: two persons have looked, and say in words what proves that it was, or was not."""

from __future__ import annotations

from enum import StrEnum

from cardstation.domain.ledger import PEOPLE
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction, TopUpEvent, TopUpState
from cardstation.errors import Refusal
from cardstation.services.intent.adopt import ensure_nobody_finishes, finished_elsewhere
from cardstation.services.intent.at_work import on_its_intent
from cardstation.services.intent.giving_back import record_returned
from cardstation.services.intent.guards import (
    ensure_may_write,
    ensure_on_duty,
    ensure_other_person,
)
from cardstation.services.intent.meter_count import NOT_READ, MeterCount, untaken_by
from cardstation.services.intent.records import Settled, record_sealed, record_untouched
from cardstation.services.intent.repeated import ensure_not_repeated
from cardstation.services.intent.words import meant
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.station import Station


class Finding(StrEnum):
    """What the proof shows of the disputed load: it stands on its card or in its meter, or not."""

    LOADED = "loaded"
    NOT_LOADED = "not_loaded"


@on_its_intent
def settle_dispute(
    station: Station,
    topup_id: str,
    finding: Finding,
    proof: str,
    approval: Approval,
    meter: MeterCount = NOT_READ,
) -> TopUp:
    """End the dispute about a load or a return; its card is free for the next intent.

    A load that was is sealed, with its receipt; one that was not is refunded by `pay_out`, once the
    ledger knows, or, begun at another desk, left to that desk. A return whose load is still there
    is void; one whose load is gone is paid out.

    Args:
        station: The desk.
        topup_id: What is in dispute.
        finding: Whether the load (of a return: the load it shall take back) is there.
        proof: In words, what both saw: the meter's reading, a photo's number, the fitter's report.
        approval: Of the second person.
        meter: What the meter counts, and where the card is: without that nothing that the meter
            took, or still may take, is called not loaded (MONEY-SAFETY R5).

    Raises:
        Refusal: `not_in_dispute`, `card_at_work`, `proof_missing`, `meter_count_missing`,
            `meter_counts_it`, `card_may_load`, `load_is_on_card` (another desk has sealed it:
            settled so), `refund_needs_ledger`, `second_person_same`, `no_shift`, and those of
            `ensure_may_write` and `ensure_not_repeated`.
    """
    ensure_may_write(station)
    ensure_on_duty(station)
    ensure_other_person(station, approval)
    words = meant(proof)
    with station.store.reading() as reading:
        intent = reading.topups.get(topup_id)
    if intent is None or intent.state is not TopUpState.DISPUTED:
        raise Refusal("not_in_dispute", intent_id=topup_id)
    if finding is Finding.NOT_LOADED:
        words = untaken_by(station, intent, meter) + words
    if intent.direction is Direction.RETURN:
        return _return_settled(station, intent, finding, words, approval.name)
    return _load_settled(station, intent, finding, words, approval.name)


def _load_settled(
    station: Station, intent: TopUp, finding: Finding, words: str, approver: str
) -> TopUp:
    if finished_elsewhere(station, intent):
        raise Refusal("load_is_on_card", card_no=intent.identity.card_no)
    if finding is Finding.LOADED:
        told = Settled(TopUpEvent.PROVEN_LOADED, PEOPLE + words, approver)
        said = words.encode()
        return record_sealed(station, intent, said, witness=told.words, settled=told)[0]
    event = TopUpEvent.PROVEN_NOT_OURS
    if not intent.origin:
        ensure_nobody_finishes(station, intent)
        event = TopUpEvent.PROVEN_NOT_LOADED
    moved = _untouched(station, intent, Settled(event, PEOPLE + words, approver))
    send_eagerly(station)
    return moved


def _return_settled(
    station: Station, intent: TopUp, finding: Finding, words: str, approver: str
) -> TopUp:
    if finding is Finding.LOADED:
        told = Settled(TopUpEvent.PROVEN_LOADED, PEOPLE + words, approver)
        return _untouched(station, intent, told)
    ensure_not_repeated(station, intent)
    return record_returned(
        station,
        intent,
        words.encode(),
        witness=PEOPLE + words,
        event=TopUpEvent.PROVEN_NOT_LOADED,
        approver=approver,
    )


def _untouched(station: Station, intent: TopUp, told: Settled) -> TopUp:
    return record_untouched(station, intent, told.words.encode(), reason=told.words, settled=told)
