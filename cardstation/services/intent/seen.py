"""What a card in the lane proves about an intent: before, target, torn, or neither."""

from __future__ import annotations

from cardstation.domain.admission import is_superseded, taken_by_meter
from cardstation.domain.card import Credit, Witness, WritePlan, judge
from cardstation.domain.ledger import PROVISIONAL
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction
from cardstation.errors import fail
from cardstation.services.identify import Inserted


def judged(card: Inserted, intent: TopUp) -> Witness:
    """What the image in the lane shows of an armed intent's plan."""
    plan = intent.plan or fail("what was armed once has its plan")
    return judged_image(card, plan, card.image)


def judged_image(card: Inserted, plan: WritePlan, image: bytes) -> Witness:
    """What an image of this card shows of a plan.

    A tear leaves the old credit or the new one to be read, or none (MONEY-SAFETY R4). A whole one
    that is neither was finished by another desk, even where each byte could be of our own tear.
    """
    seen = judge(plan.before, plan.target, plan.owned, image, card.chip.smears)
    if seen is Witness.TORN and _another_stands(card, plan, image):
        return Witness.FOREIGN
    return seen


def _another_stands(card: Inserted, plan: WritePlan, image: bytes) -> bool:
    before, target, stands = (
        card.layout.decode(each).credit for each in (plan.before, plan.target, image)
    )
    return stands is not None and stands not in (before, target)


def seen_twice(card: Inserted, intent: TopUp) -> bool:
    """True when the target also stands there after a fresh power-up."""
    card.power_cycle()
    return judged(card, intent) is Witness.TARGET


def written_mark(card: Inserted, intent: TopUp) -> bytes:
    """The mark that an armed load puts on its card."""
    plan = intent.plan or fail("what was armed once has its plan")
    credit = card.layout.decode(plan.target).credit or fail("the target carries a credit")
    return credit.mark


def load_witness(card: Inserted, intent: TopUp) -> str:
    """What proves that a load happened, empty when nothing does; the card is read twice.

    Returns:
        `meter` or `card`; `provisional` when the card left the lane and has no room to say whose
        load it shows: another desk may have written the same one (DESK-RULES 4).
    """
    sure = card.layout.marks_loads
    if taken_by_meter(card.content, card.rules, intent, written_mark(card, intent)):
        return "meter" if sure else PROVISIONAL
    if judged(card, intent) is Witness.TARGET and seen_twice(card, intent):
        return "card" if sure else PROVISIONAL
    return ""


def shows_load(card: Inserted, intent: TopUp) -> bool:
    """True when the card carries this very load: our mark on it, and what was paid for."""
    credit = card.content.credit
    if credit is None or not card.layout.marks_loads:
        return False
    return (credit.mark, credit.quantity) == (intent.mark, intent.quantity)


def may_show(card: Inserted, intent: TopUp) -> bool:
    """Whether a meter may take the load from this card, or what a return should take off it.

    False where the card shows another one: by its mark, or by what was written.
    """
    stands = card.content.credit
    if stands is None:
        return False
    if intent.plan is not None:
        back = intent.direction is Direction.RETURN
        load = card.layout.decode(intent.plan.before if back else intent.plan.target).credit
        return stands == load or (card.layout.marks_loads and stands.mark == _mark(load))
    return not card.layout.marks_loads or stands.mark == intent.mark


def _mark(load: Credit | None) -> bytes:
    return load.mark if load is not None else b""


def superseded(card: Inserted, intent: TopUp) -> bool:
    """True when another desk's load stands in this one's place: ours never happened."""
    return is_superseded(card.content, card.rules, intent, written_mark(card, intent))
