"""Gives back what is left of a payment for a batch: to its payer, by the tender it came with."""

from __future__ import annotations

from cardstation.domain.ledger import PEOPLE, EntryKind
from cardstation.domain.money import Money
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.close_batch import close_if_settled
from cardstation.services.custody_state import custody_state
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.at_work import on_money
from cardstation.services.intent.facts import append
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.paying_out import note_begun, payment_may_be_back
from cardstation.services.intent.remainders import ensure_remains
from cardstation.services.intent.words import meant
from cardstation.services.station import Station
from cardstation.store import Unit
from cardstation.store.frozen import freeze
from cardstation.store.lump_sums import GivenBack


@on_money
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
    Where nothing else of the batch is open, and its bag went back, it is closed with it.

    Args:
        station: The desk.
        batch_id: Of the batch.
        payment_id: Whose money goes back.
        money: At most what remains of that payment.
        approval: Of the second person.
        found: In words, what slip and till say, where it may be back already: begun before a cut,
            or in the lost part of a restored station's records. Given then or now, it is recorded
            once.

    Raises:
        Refusal: `unknown_payment`, `payout_in_doubt`, `proof_missing`, `zero_amount`,
            `more_than_remains`, `second_person_same`, and those of `ensure_may_sell`.
    """
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    with station.store.reading() as reading:
        payment = ensure_remains(reading, batch_id, payment_id, money)
        doubtful = payment_may_be_back(station, reading, payment)
    if doubtful and not found:
        raise Refusal("payout_in_doubt", intent_id=payment_id, fen=money.fen)
    witness = PEOPLE + meant(found) if found else ""
    note_begun(station, payment_id, money, batch_id=batch_id, approver=approval.name)
    with station.store.unit() as unit:
        ensure_remains(unit, batch_id, payment_id, money)
        back = GivenBack(
            back_id=new_id(station.clock),
            batch_id=batch_id,
            payment_id=payment_id,
            tender=payment.tender,
            money=money,
            approver=approval.name,
            at=station.clock.now(),
        )
        _book(station, unit, back, witness)
        unit.commit()
    anchor_journal(station)
    close_if_settled(station, custody_state(station, batch_id))
    return back


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
