"""Writes a whole card: armed, anchored, unlocked, written, given its code, read back, sealed.

The content is decided once, when the work is begun, and is what its plan's target decodes to. A
card that a cut left half-written, or another blank in its place, is written with the same content.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from cardstation.domain.card import (
    CardContent,
    CardIdentity,
    CardType,
    Credit,
    Witness,
    WritePlan,
    judge,
)
from cardstation.domain.topup import ON_ITS_OWN_CARD, Step, TopUp, Work
from cardstation.domain.transitions import TopUpState
from cardstation.errors import (
    CardServiceGone,
    CodeRefused,
    LinkFailed,
    Refusal,
    WriteNotTaken,
    ensure,
    fail,
)
from cardstation.ports.layout import Layout
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.being_cleared import clearing_on
from cardstation.services.intent.card_code import (
    CODE_CHANGES,
    CardInLane,
    own_code,
    present,
    refused_before,
    was_tried,
)
from cardstation.services.intent.work_records import card_unknown, record_again, record_written
from cardstation.services.station import Station

Watch = Callable[[Step], None]
NEW_CARDS = (Work.ISSUE, Work.REISSUE)
"""Works that make a card of a blank."""


def content_of(layout: Layout, intent: TopUp) -> CardContent:
    """What a work puts onto its card."""
    plan = intent.plan or fail("a work is armed as it begins")
    return layout.decode(plan.target)


def planned_whole(layout: Layout, image: bytes, content: CardContent) -> WritePlan:
    """How a card that shows this image becomes one of this content; nothing is stored.

    Raises:
        Refusal: `field_does_not_fit`, and what the layout says of cards that no desk issues.
    """
    credit = content.credit or fail("a whole card has a credit")
    returned = content.returned or fail("a whole card has an answer to be written over")
    plan = layout.plan_issue(
        image, content.identity, credit, content.limits, content.price, returned
    )
    ensure(layout.decode(plan.target).identity == content.identity, "it reads back as whose it is")
    return plan


def is_whole(layout: Layout, image: bytes, intent: TopUp) -> bool:
    """True when the card carries what a work writes; its meter may have answered since.

    What makes a card known to desk and meter is written last, so nothing of it is missing.
    """
    if not layout.recognises(image):
        return False
    meant, shown = content_of(layout, intent), layout.decode(image)
    credit = shown.credit
    if intent.reference == Work.REISSUE and credit is not None and not credit.quantity:
        # Some meters leave nothing on a card whose load they took.
        credit = replace(credit, quantity=intent.quantity)
    return (shown.identity, credit) == (meant.identity, meant.credit)


class WholeInLane(CardInLane, Protocol):
    """A card in the lane of which a layout of household cards tells everything."""

    @property
    def layout(self) -> Layout:
        """What its bytes mean."""


def finish_whole(station: Station, card: WholeInLane, intent: TopUp, watch: Watch) -> TopUp:
    """Bring the card in the lane to what its work says, prove it with its own code, and seal.

    Args:
        station: The desk.
        card: In the lane: whole already, blank, torn by us, or as it was before it is bound.
        intent: Armed, or not known.
        watch: Told each step.

    Raises:
        OutcomeUnknown: the link was lost; the card decides at its next insertion.
        Refusal: `not_blank`, `meter_replaced_meanwhile`, `code_tries_low`, `no_key_for_maker`,
            `card_code_unknown`: nothing was written. CodeRefused, CodeLocked.
    """
    whole = is_whole(card.layout, card.image, intent)
    if not whole:
        intent = _ready(station, card, intent)
    try:
        if not whole:
            write_whole(station, card, intent, watch)
        watch(Step.VERIFY)
        if not is_whole(card.layout, card.image, intent):
            raise WriteNotTaken("write_not_taken")
        prove_code(station, card, intent)
    except (LinkFailed, CardServiceGone, WriteNotTaken) as error:
        changed = intent.reference == Work.CHANGE
        code = "card_change_unknown" if changed else "card_work_unknown"
        raise card_unknown(station, intent, error.code, code) from error
    return record_written(station, intent, card.image)


def _ready(station: Station, card: WholeInLane, intent: TopUp) -> TopUp:
    """Only a blank, or the work's own card, is written; armed over what it shows now."""
    before = _shows_before(card, intent)
    plan = intent.plan or fail("a work is armed as it begins")
    blank = intent.reference in NEW_CARDS and card.layout.is_blank(card.image)
    if not (before or blank or torn_by_us(card, plan)):
        raise Refusal("not_blank")
    ensure_of_no_other_work(station, card, intent.topup_id)
    _ensure_its_meter(station, intent)
    # One that was cut short may lie on another blank by now: that is on record.
    again = intent.reference == Work.REISSUE and was_tried(station, intent)
    if intent.state is TopUpState.ARMED and plan.before == card.image and not again:
        anchor_journal(station)
        return intent
    content = content_of(card.layout, intent)
    if before and intent.reference == Work.BIND:  # the meter may have written once more
        content = replace(content, returned=card.layout.decode(card.image).returned)
    return record_again(station, intent, planned_whole(card.layout, card.image, content))


def ensure_of_no_other_work(station: Station, card: CardInLane, but: str = "") -> None:
    """A card that another work here began to write or to clear looks blank, and is that work's.

    Args:
        station: The desk.
        card: In the lane.
        but: Id of the work that it may belong to.

    Raises:
        Refusal: `not_blank`; `card_clearing_open`: it is being cleared.
    """
    with station.store.reading() as reading:
        begun, clearings = reading.topups.open_on_own_cards(), reading.topups.open_clearings()
    if clearing_on(clearings, card.image, card.chip.smears) is not None:
        raise Refusal("card_clearing_open")
    for one in begun:
        plan = one.plan or fail("a work is armed as it begins")
        same = len(plan.before) == len(card.image)
        if one.topup_id != but and same and torn_by_us(card, plan):
            raise Refusal("not_blank")


def _ensure_its_meter(station: Station, intent: TopUp) -> None:
    """The card is written for the meter that is on file now, if it names one."""
    with station.store.reading() as reading:
        household = reading.households.get(intent.account_no) or fail("it stays on file")
    named, filed = intent.identity.meter_no, household.meter.meter_no
    if named not in ("", filed):
        raise Refusal(
            "meter_replaced_meanwhile", account_no=intent.account_no, begun=named, filed=filed
        )


def torn_by_us(card: CardInLane, plan: WritePlan) -> bool:
    """A card that no layout knows any more, and that lies between our plan's before and target.

    What takes it out of the world is written first and made whole last; it may be anything.
    """
    if card.layout.recognises(card.image):
        return False
    first = plan.spans[0]
    marked = next((r for r in card.chip.smears if first.address in r), None)
    where = marked or range(first.address, first.end)
    image = bytearray(card.image)
    image[where.start : where.stop] = plan.before[where.start : where.stop]
    seen = judge(plan.before, plan.target, plan.owned, bytes(image), card.chip.smears)
    return seen is not Witness.FOREIGN


def _shows_before(card: WholeInLane, intent: TopUp) -> bool:
    """The opening card that is bound; only its type and its meter's number differ.

    Or the card that is changed, as it was when that was begun.
    """
    if intent.reference not in ON_ITS_OWN_CARD or not card.layout.recognises(card.image):
        return False
    shown, meant = card.layout.decode(card.image).identity, intent.identity
    if intent.reference == Work.CHANGE:
        plan = intent.plan or fail("a work is armed as it begins")
        return _stands(card.layout, card.image) == _stands(card.layout, plan.before)
    same = replace(shown, card_type=meant.card_type, meter_no=meant.meter_no) == meant
    return same and shown.card_type is CardType.OPENING


def _stands(layout: Layout, image: bytes) -> tuple[CardIdentity, Credit | None] | None:
    """Whose card it is and what is on it; None where it cannot be read."""
    if not layout.recognises(image):
        return None
    content = layout.decode(image)
    return content.identity, content.credit


def write_whole(station: Station, card: CardInLane, intent: TopUp, watch: Watch) -> None:
    """Open the card, write it, and give a new one its own code."""
    watch(Step.WRITE)
    plan = intent.plan or fail("an armed work has its plan")
    own = own_code(station, card, intent)
    issued = intent.reference in ON_ITS_OWN_CARD
    present(station, card, intent, own if issued else card.blank_code)
    card.chip.write(card.image, plan.spans)
    if not issued and own:
        card.chip.set_code(card.blank_code, own)
    card.power_cycle()


def prove_code(station: Station, card: CardInLane, intent: TopUp) -> None:
    """Prove that the card opens by its own code: giving it that code may have been cut short.

    Where it does not, it still has the one of a blank, and is given its own; or it has a mixture
    of both, and is laid aside.
    """
    own = own_code(station, card, intent)
    if not own:
        return
    if not refused_before(station, card, intent):
        try:
            present(station, card, intent, own)
        except CodeRefused:
            if intent.reference not in CODE_CHANGES:
                raise
            card.power_cycle()
        else:
            card.power_cycle()
            return
    try:
        present(station, card, intent, card.blank_code, after_own=True)
    except CodeRefused as error:
        raise Refusal("card_code_unknown", card_no=intent.identity.card_no) from error
    card.chip.set_code(card.blank_code, own)
    card.power_cycle()
    present(station, card, intent, own)
    card.power_cycle()
