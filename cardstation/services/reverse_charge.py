"""Takes a charge back (冲正): once, by two people, its money by the tender it came with."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.charge import Charge, ChargeReceipt, Original
from cardstation.domain.household import Household
from cardstation.domain.ledger import PEOPLE
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.intent.at_work import on_money
from cardstation.services.intent.charging import record_now
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.paying_out import charge_may_be_back, note_begun
from cardstation.services.intent.reversing import reversible
from cardstation.services.intent.words import meant
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.payouts import OF_CHARGE


@on_money
def reverse_charge(
    station: Station,
    charge: str,
    approval: Approval,
    why: str,
    *,
    original: Original,
    found: str = "",
) -> ChargeReceipt:
    """Record that a charge is taken back, and its money in the payer's hands again.

    The clerk pays it first, by the tender it came with, and confirms with the second person. What
    was put off is owed no more; over-used gas does not count as bought any more.

    Args:
        station: The desk.
        charge: Number of its receipt, or its id.
        approval: Of the second person.
        why: In words.
        original: Where its receipt is.
        found: In words, what slip and till say, where its money may be back already: begun before a
            cut, or in the lost part of a restored station's records.

    Raises:
        Refusal: `payout_in_doubt`, `proof_missing`, `second_person_same`, those of `reversible` and
            of `ensure_may_sell`.
    """
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    words = meant(why)
    with station.store.reading() as reading:
        taken = reversible(reading, charge)
        doubtful = charge_may_be_back(station, reading, taken.charge_id)
    if doubtful and not found:
        raise Refusal("payout_in_doubt", intent_id=taken.charge_id, fen=taken.money.fen)
    seen = f"{PEOPLE}{meant(found)}" if found else ""
    if taken.tender is not None:
        note_begun(station, OF_CHARGE + taken.charge_id, taken.money, approver=approval.name)
    document = "; ".join(filter(None, (words, seen)))

    def priced(reading: Reading, _household: Household) -> Charge:
        return replace(
            reversible(reading, taken.charge_id),
            charge_id=new_id(station.clock),
            at=station.clock.now(),
            receipt_no="",
            document=document,
            approver=approval.name,
            corrects=taken.charge_id,
            original=original.value,
        )

    return record_now(station, taken.account_no, priced)
