"""Gives back what is left of a payment for a batch: to its payer, by the tender it came with."""

from __future__ import annotations

from cardstation.domain.allocation import divide
from cardstation.domain.ledger import PEOPLE, EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.facts import append
from cardstation.services.intent.funding import holdings_of, purses_of
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.lost_part import lost_since
from cardstation.services.intent.words import meant
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.frozen import freeze
from cardstation.store.funds import BatchPayment
from cardstation.store.lump_sums import GivenBack


def return_remainder(
    station: Station,
    batch_id: str,
    payment_id: str,
    money: Money,
    approval: Approval,
    *,
    found: str = "",
) -> GivenBack:
    """Record that money no line holds is in the payer's hands again.

    The clerk pays it first, by the tender it came with, and confirms with the second person.

    Args:
        station: The desk.
        batch_id: Of the batch.
        payment_id: Whose money goes back.
        money: At most what remains of that payment.
        approval: Of the second person.
        found: In words, what slip and till say, where the lost part of a restored station's
            records may have given it back already. Given then or now, it is recorded once.

    Raises:
        Refusal: `unknown_payment`, `payout_in_doubt`, `proof_missing`, `zero_amount`,
            `more_than_remains`, `second_person_same`, and those of `ensure_may_sell`.
    """
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    if money <= NO_MONEY:
        raise Refusal("zero_amount")
    with station.store.unit() as unit:
        payment = _payment(unit, batch_id, payment_id)
        left = divide(purses_of(unit, batch_id), holdings_of(unit, batch_id))
        remains = max(NO_MONEY, left.left[payment_id] - left.short)
        if money > remains:
            raise Refusal("more_than_remains", fen=money.fen, remains_fen=remains.fen)
        if not found and _may_be_back(unit, payment):
            raise Refusal("payout_in_doubt", intent_id=payment_id, fen=money.fen)
        back = GivenBack(
            back_id=new_id(station.clock),
            batch_id=batch_id,
            payment_id=payment_id,
            tender=payment.tender,
            money=money,
            approver=approval.name,
            at=station.clock.now(),
        )
        _book(station, unit, back, PEOPLE + meant(found) if found else "")
        unit.commit()
    anchor_journal(station)
    return back


def _payment(reading: Reading, batch_id: str, payment_id: str) -> BatchPayment:
    for one in reading.funds.payments(batch_id):
        if one.payment_id == payment_id:
            return one
    raise Refusal("unknown_payment", payment_id=payment_id, batch_id=batch_id)


def _may_be_back(reading: Reading, payment: BatchPayment) -> bool:
    """Whether a payout of it may be in a part of the records that is gone for good."""
    stored = reading.journal.at(payment.seq)
    at = None if stored is None else stored.written_at
    return at is None or lost_since(reading, at)


def _book(station: Station, unit: Unit, back: GivenBack, witness: str) -> None:
    stored = append(
        station,
        unit,
        EntryKind.GIVEN_BACK,
        back.back_id,
        fen=back.money.fen,
        tender=back.tender.value,
        batch=back.batch_id,
        approver=back.approver,
        witness=witness,
        detail=freeze(back),
    )
    unit.lump_sums.give_back(back, seq=stored.seq)
