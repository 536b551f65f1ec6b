"""Pays money of a household's balance out, by two people."""

from __future__ import annotations

from cardstation.domain.charge import PaidOut
from cardstation.domain.ledger import PEOPLE, EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import WITHOUT_ASKING, Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.at_work import on_money
from cardstation.services.intent.balance import ensure_free, paid_again
from cardstation.services.intent.facts import append
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.paying_out import balance_may_be_paid, note_begun
from cardstation.services.intent.words import meant
from cardstation.services.station import Station
from cardstation.store import Unit
from cardstation.store.frozen import freeze
from cardstation.store.payouts import OF_BALANCE


@on_money
def pay_out_balance(
    station: Station,
    account_no: str,
    money: Money,
    approval: Approval,
    *,
    tender: Tender = Tender.CASH,
    reference: str = "",
    found: str = "",
) -> PaidOut:
    """Record that money of a balance is in its household's hands again.

    The clerk pays first, and confirms with the second person.

    Args:
        station: The desk.
        account_no: Of the household.
        money: At most what is free of its balance.
        approval: Of the second person.
        tender: How it is paid out.
        reference: The payment's own number.
        found: In words, what slip and till say, where it may be paid already: begun before a cut,
            or in the lost part of a restored station's records. It is recorded once.

    Raises:
        Refusal: `zero_amount`, `balance_too_small`, `unknown_household`, `tender_unknown`,
            `payout_in_doubt`, `proof_missing`, `second_person_same`, and those of
            `ensure_may_sell`.
    """
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    if money <= NO_MONEY:
        raise Refusal("zero_amount")
    if tender in WITHOUT_ASKING:
        raise Refusal("tender_unknown", tender=tender.value)
    station.payment_by(tender)
    note = OF_BALANCE + account_no
    with station.store.reading() as reading:
        ensure_free(reading, account_no, money, note)
        doubtful = balance_may_be_paid(station, reading, account_no)
    if doubtful and not found:
        raise Refusal("payout_in_doubt", intent_id=account_no, fen=money.fen)
    witness = PEOPLE + meant(found) if found else ""
    note_begun(station, note, money, approver=approval.name)
    paid = PaidOut(
        payout_id=new_id(station.clock),
        account_no=account_no,
        tender=tender,
        money=money,
        reference=reference.strip(),
        approver=approval.name,
        at=station.clock.now(),
    )
    with station.store.unit() as unit:
        ensure_free(unit, account_no, money, note)
        _book(station, unit, paid, witness)
        unit.commit()
    anchor_journal(station)
    return paid


def _book(station: Station, unit: Unit, paid: PaidOut, witness: str) -> None:
    stored = append(
        station,
        unit,
        EntryKind.PAID_OUT,
        paid.payout_id,
        account_no=paid.account_no,
        fen=paid.money.fen,
        tender=paid.tender.value,
        approver=paid.approver,
        witness=witness,
        detail=freeze(paid),
    )
    paid_again(unit, paid, seq=stored.seq)
