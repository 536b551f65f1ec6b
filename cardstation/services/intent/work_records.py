"""Records of works on whole cards: begun, armed, written, laid aside; each one durable commit."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from cardstation.domain.card import CardContent, CardIdentity, WritePlan
from cardstation.domain.household import Household
from cardstation.domain.ledger import PEOPLE, EntryKind
from cardstation.domain.money import NO_MONEY
from cardstation.domain.payment import Tender
from cardstation.domain.tariff import Quote
from cardstation.domain.topup import TopUp, Work
from cardstation.domain.transitions import Direction, TopUpEvent, TopUpState
from cardstation.domain.volume import NO_GAS
from cardstation.errors import OutcomeUnknown, fail
from cardstation.services.intent.anchoring import anchor_journal, write_anchor
from cardstation.services.intent.facts import append_about, stamp
from cardstation.services.intent.generations import take_generation
from cardstation.services.intent.records import record_move
from cardstation.services.intent.undoing import undo_reissue
from cardstation.services.station import Station
from cardstation.store import Unit
from cardstation.store.frozen import freeze


def begun_work(
    station: Station, work_id: str, work: Work, content: CardContent, image: bytes
) -> TopUp:
    """A work as first stored.

    Args:
        station: The desk.
        work_id: Its id.
        work: Which one.
        content: Of the card as it will be, or of one that will be none any more.
        image: What the card shows now.
    """
    credit = content.credit or fail("a whole card has a credit")
    begun = begun_on(station, work_id, work, content.identity, image)
    counter = credit.purchase_counter
    return replace(
        begun,
        quantity=credit.quantity,
        known_counter=counter,
        counter_before=counter,
        counter_after=counter,
    )


def begun_on(
    station: Station, work_id: str, work: Work, identity: CardIdentity, image: bytes
) -> TopUp:
    """A work that moves no counter, as first stored; as `begun_work`."""
    now = station.clock.now()
    return TopUp(
        topup_id=work_id,
        state=TopUpState.REQUESTED,
        account_no=identity.account_no,
        identity=identity,
        quote=Quote("", now.year, NO_MONEY, NO_MONEY, NO_MONEY, None, (), NO_GAS),
        quantity=NO_GAS,
        tender=Tender.CASH,
        reference=work.value,
        batch_id="",
        line=0,
        row=0,
        order_id="",
        known_counter=0,
        counter_before=0,
        counter_after=0,
        before=image,
        plan=None,
        opened_at=now,
        direction=Direction.WORK,
    )


def record_begun_work(
    station: Station, intent: TopUp, plan: WritePlan, *, approver: str = "", words: str = ""
) -> TopUp:
    """Begin a work and arm it in one commit; then the anchor. Only then comes a byte (R2).

    Args:
        station: The desk.
        intent: As first stored.
        plan: How its card is written.
        approver: The second person, where the work needs one; then their words, too.
        words: What both say of the card.

    Raises:
        Refusal: `card_already_begun`.
    """
    said = {"approver": approver, "witness": PEOPLE + words} if approver else {}
    with station.store.unit() as unit:
        unit.topups.add(intent, stamp(station, approver))
        return arm_whole(station, unit, intent, plan, **said)


def record_again(station: Station, intent: TopUp, plan: WritePlan) -> TopUp:
    """Arm a work once more over what lies in the lane now; then the anchor."""
    with station.store.unit() as unit:
        return arm_whole(station, unit, intent, plan)


def arm_whole(station: Station, unit: Unit, intent: TopUp, plan: WritePlan, **said: str) -> TopUp:
    """Arm a work over what lies in the lane, and commit; then the anchor."""
    placed = replace(intent, before=plan.before)
    entry = append_about(
        station,
        unit,
        EntryKind.CARD_ARMED,
        placed,
        proof=hashlib.sha256(plan.before).hexdigest(),
        detail=freeze(replace(placed, state=TopUpState.ARMED, plan=plan)),
        **said,
    )
    moved = unit.topups.move(
        placed, TopUpEvent.PLAN_STORED, stamp(station), seq=entry.seq, plan=plan
    )
    if intent.reference == Work.REISSUE:
        take_generation(unit, intent)
    head = unit.journal.head()
    unit.commit()
    write_anchor(station, head)
    station.armed()
    return moved


def record_laid_aside(station: Station, intent: TopUp, words: str, approver: str) -> TopUp:
    """Two persons lay the card of a work aside, or say that it is gone: a fact of the chain."""
    with station.store.unit() as unit:
        entry = append_about(
            station,
            unit,
            EntryKind.CARD_GIVEN_UP,
            intent,
            witness=PEOPLE + words,
            approver=approver,
            detail=intent.reference,
        )
        moved = unit.topups.move(
            intent,
            TopUpEvent.PROVEN_NOT_LOADED,
            stamp(station, approver),
            seq=entry.seq,
            reason="laid_aside",
        )
        unit.commit()
    anchor_journal(station)
    return moved


def record_written(station: Station, intent: TopUp, image: bytes) -> TopUp:
    """The card was read back, and opens by its own code: it is whole."""
    with station.store.unit() as unit:
        entry = append_about(
            station,
            unit,
            EntryKind.CARD_WRITTEN,
            intent,
            proof=hashlib.sha256(image).hexdigest(),
            witness="card",
            detail=intent.reference,
        )
        moved = unit.topups.move(
            intent, TopUpEvent.SEEN_TARGET, stamp(station), seq=entry.seq, reason="card"
        )
        if intent.account_no:
            household = unit.households.get(intent.account_no) or fail("its household is on file")
            unit.households.update(as_written(household, intent))
        if intent.reference == Work.CLEAR and intent.corrects:
            undo_reissue(station, unit, intent)
        unit.commit()
    return moved


def as_written(household: Household, intent: TopUp) -> Household:
    """A household once its card was read back: it counts as its card does.

    A card in the place of another counts as people read off the meter, where they did.
    """
    counter = max(household.purchase_counter, intent.counter_after)
    if intent.reference == Work.REISSUE:
        counter = intent.counter_after
    return replace(household, purchase_counter=counter)


def card_unknown(station: Station, intent: TopUp, reason: str, code: str) -> OutcomeUnknown:
    """The link was lost: the card decides at its next insertion; `code` says of which work."""
    if intent.state is TopUpState.ARMED:
        record_move(station, intent, TopUpEvent.LINK_LOST, reason=reason)
    return OutcomeUnknown(
        code,
        card_no=intent.identity.card_no,
        account_no=intent.account_no,
        reason=reason,
    )
