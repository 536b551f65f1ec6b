"""Makes each state of a top-up durable: one commit per move, with its journal entry."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from cardstation.domain.card import WritePlan
from cardstation.domain.household import Household
from cardstation.domain.ledger import EntryKind, kept_by
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import Receipt
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction, TopUpEvent, TopUpState
from cardstation.errors import fail
from cardstation.services.intent.anchoring import anchor_journal, write_anchor
from cardstation.services.intent.facts import append_about, stamp
from cardstation.services.intent.gas_dues import ensure_debt_stands
from cardstation.services.intent.giving_back import after_purchase, with_debt
from cardstation.services.intent.granting import Contact, debit, ensure_left
from cardstation.services.intent.made_good import ensure_not_made_good
from cardstation.services.intent.money_here import ensure_money_here
from cardstation.services.intent.papers import receipt_no, receipt_of
from cardstation.services.station import Station
from cardstation.store import Unit
from cardstation.store.attempts import Attempt
from cardstation.store.frozen import freeze
from cardstation.store.topup_moves import Beginning
from cardstation.store.topups import TopUps


@dataclass(frozen=True, slots=True)
class Settled:
    """What two persons settled where the card could not: the move, their words, the second one."""

    event: TopUpEvent | None = None
    words: str = ""
    approver: str = ""


BY_CARD = Settled()


def record_begun(
    station: Station,
    intent: TopUp,
    *,
    approver: str = "",
    reason: str = "",
    contact: Contact | None = None,
) -> TopUp:
    """Store a new intent: who, what, for how much, and the image before.

    Args:
        station: The desk.
        intent: Quoted.
        approver: Who else agreed.
        reason: Why.
        contact: Money will be asked for; None: it moves no money in.

    Raises:
        Refusal: `card_already_begun`; of a return `load_made_good`, those of
            `ensure_debt_stands`; as `ensure_left`.
    """
    with station.store.unit() as unit:
        if intent.direction is Direction.RETURN:
            ensure_not_made_good(unit, intent)
            ensure_debt_stands(unit, intent)
        if contact is not None:
            ensure_left(station, unit, intent, contact)
        unit.topups.add(intent, stamp(station, approver), reason=reason)
        unit.commit()
    return intent


def record_adopted(station: Station, intent: TopUp) -> TopUp:
    """Take over what another station armed: from here on this station may finish it."""
    plan = intent.plan or fail("what another station armed has its plan")
    with station.store.unit() as unit:
        entry = append_about(
            station,
            unit,
            EntryKind.ARMED,
            intent,
            proof=_digest(intent),
            target=hashlib.sha256(plan.target).hexdigest(),
            detail=freeze(intent),
        )
        unit.topups.add(intent, stamp(station), seq=entry.seq, reason="adopted")
        unit.commit()
    anchor_journal(station)
    return intent


def record_move(
    station: Station, intent: TopUp, event: TopUpEvent, *, reason: str = "", approver: str = ""
) -> TopUp:
    """A move that is no fact for the ledger: asked, voided, in doubt."""
    with station.store.unit() as unit:
        moved = unit.topups.move(intent, event, stamp(station, approver), reason=reason)
        unit.commit()
    return moved


def record_begun_paid(station: Station, intent: TopUp) -> TopUp:
    """Begun, asked and paid in one commit: nobody is asked for money of a batch or an order.

    Nothing happens outside the store between these moves, so a cut leaves all of them or none.
    """
    with station.store.unit() as unit:
        begun, paid = _begun_paid(station, unit, intent)
        begun.store()
        unit.commit()
    return paid


def _begun_paid(station: Station, unit: Unit, intent: TopUp) -> tuple[Beginning, TopUp]:
    ensure_money_here(station, unit, intent)
    begun = unit.topups.begin(intent, stamp(station))
    asked = begun.move(intent, TopUpEvent.MONEY_ASKED, stamp(station))
    return begun, _pay(station, unit, asked, begun)


def record_begun_armed(
    station: Station,
    intent: TopUp,
    plan: WritePlan,
    counter_after: int,
    *,
    tries_left: int | None,
    contact: Contact,
) -> TopUp:
    """As `record_begun_paid`, armed in the same commit; then as `record_armed`.

    Raises:
        Refusal: as `ensure_left`; nothing is begun.
    """
    with station.store.unit() as unit:
        rests_on = ensure_left(station, unit, intent, contact)
        begun, paid = _begun_paid(station, unit, intent)
        moved = _arm(station, unit, paid, plan, counter_after, begun, rests_on=rests_on)
        begun.store()
        _note_presenting(station, unit, moved, tries_left)
        head = unit.journal.head()
        unit.commit()
    write_anchor(station, head)
    station.armed()
    return moved


def record_paid(station: Station, intent: TopUp) -> TopUp:
    """The money is certain: price and tier year are frozen, the remainder is the household's."""
    with station.store.unit() as unit:
        moved = _pay(station, unit, intent, unit.topups)
        unit.commit()
    return moved


def _pay(station: Station, unit: Unit, intent: TopUp, topups: Beginning | TopUps) -> TopUp:
    remainder = intent.quote.remainder
    entry = append_about(
        station,
        unit,
        EntryKind.PAID,
        intent,
        balance_fen=remainder.fen,
        proof=_digest(intent),
        detail=freeze(replace(intent, state=TopUpState.PAID)),
    )
    if kept := Money(kept_by(entry.entry)):
        unit.households.book(_household(unit, intent).with_money(balance=kept))
    if intent.tender is Tender.EMERGENCY:
        unit.households.update(with_debt(_household(unit, intent), intent))
    return topups.move(intent, TopUpEvent.MONEY_CERTAIN, stamp(station), seq=entry.seq)


def record_armed(
    station: Station,
    intent: TopUp,
    plan: WritePlan,
    counter_after: int,
    *,
    tries_left: int | None = None,
    contact: Contact | None = None,
) -> TopUp:
    """The whole target is on disk; then the anchor, outside the store. Only then comes a byte.

    Args:
        station: The desk.
        intent: Paid, or proven unwritten.
        plan: The whole target.
        counter_after: The card's purchase counter then.
        tries_left: What the chip says of its code, which is presented next: the attempt is on
            record in this commit. None: it is noted alone, or nothing is presented.
        contact: A sale is armed, maybe for the first time; None: this needs no grant.

    Raises:
        Refusal: as `debit`.
    """
    with station.store.unit() as unit:
        rests_on = "" if contact is None else debit(station, unit, intent, contact)
        moved = _arm(station, unit, intent, plan, counter_after, unit.topups, rests_on=rests_on)
        _note_presenting(station, unit, moved, tries_left)
        head = unit.journal.head()
        unit.commit()
    write_anchor(station, head)
    station.armed()
    return moved


def _arm(
    station: Station,
    unit: Unit,
    intent: TopUp,
    plan: WritePlan,
    counter_after: int,
    topups: Beginning | TopUps,
    *,
    rests_on: str,
) -> TopUp:
    counted = replace(intent, counter_after=counter_after)
    entry = append_about(
        station,
        unit,
        EntryKind.ARMED,
        counted,
        proof=_digest(intent),
        target=hashlib.sha256(plan.target).hexdigest(),
        witness=rests_on,
        detail=freeze(replace(counted, state=TopUpState.ARMED, plan=plan)),
    )
    return topups.move(counted, TopUpEvent.PLAN_STORED, stamp(station), seq=entry.seq, plan=plan)


def _note_presenting(station: Station, unit: Unit, intent: TopUp, tries_left: int | None) -> None:
    if tries_left is not None:
        at = station.clock.now()
        unit.attempts.note(intent, Attempt.PRESENTING, tries_left=tries_left, at=at)


def record_untouched(
    station: Station,
    intent: TopUp,
    image: bytes,
    *,
    reason: str,
    settled: Settled = BY_CARD,
) -> TopUp:
    """That very card was read and proves that nothing changed: not loaded, or not taken back."""
    kind = _UNTOUCHED[intent.direction]
    with station.store.unit() as unit:
        entry = append_about(
            station,
            unit,
            kind,
            intent,
            proof=hashlib.sha256(image).hexdigest(),
            witness=settled.words,
            approver=settled.approver,
        )
        moved = unit.topups.move(
            intent,
            settled.event or TopUpEvent.SEEN_BEFORE,
            stamp(station, settled.approver),
            seq=entry.seq,
            reason=reason,
        )
        unit.commit()
    return moved


_UNTOUCHED = {
    Direction.SALE: EntryKind.NOT_LOADED,
    Direction.RETURN: EntryKind.NOT_RETURNED,
}


def record_sealed(
    station: Station, intent: TopUp, image: bytes, *, witness: str, settled: Settled = BY_CARD
) -> tuple[TopUp, Receipt]:
    """The card was read and carries the load, or the meter proves that it took it.

    One commit: the fact, the receipt with its number, the counter's owner, and what the household
    has now bought.

    Args:
        station: The desk.
        intent: Armed or unknown; in dispute where people settled it.
        image: What was read.
        witness: `card`, `meter`, or what people say.
        settled: By whom, where it was not the card.
    """
    year = station.clock.now().year
    with station.store.unit() as unit:
        household = _household(unit, intent)
        number = unit.numbers.next_receipt(year)
        entry = append_about(
            station,
            unit,
            EntryKind.SEALED,
            intent,
            proof=hashlib.sha256(image).hexdigest(),
            target="" if intent.plan is None else intent.plan.look,
            witness=witness,
            approver=settled.approver,
            detail=receipt_no(station, unit.journal.head().epoch, year, number),
        )
        moved = unit.topups.move(
            intent,
            settled.event or TopUpEvent.SEEN_TARGET,
            stamp(station, settled.approver),
            seq=entry.seq,
            reason=witness,
        )
        receipt = receipt_of(station, moved, household, entry, year=year, number=number)
        unit.receipts.add(receipt, topup_id=moved.topup_id, year=year, number=number)
        unit.topups.own_load(moved)
        unit.households.book(after_purchase(household, moved))
        unit.commit()
    return moved, receipt


def _household(unit: Unit, intent: TopUp) -> Household:
    household = unit.households.get(intent.account_no)
    return household or fail("the household of an intent stays on file")


def _digest(intent: TopUp) -> str:
    return hashlib.sha256(intent.before).hexdigest()
