"""Writes a tool card: as a whole card is written, with the tool's content instead of a credit."""

from __future__ import annotations

from cardstation.domain.card import CardIdentity, CardType
from cardstation.domain.tool_card import ToolCard
from cardstation.domain.topup import Step, TopUp, Work
from cardstation.domain.transitions import TopUpState
from cardstation.errors import CardServiceGone, LinkFailed, Refusal, WriteNotTaken, fail
from cardstation.ports.tool_layout import ToolLayout
from cardstation.services.identify import ToolPlastic
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.whole_card import (
    Watch,
    ensure_of_no_other_work,
    prove_code,
    torn_by_us,
    write_whole,
)
from cardstation.services.intent.work_records import (
    begun_on,
    card_unknown,
    record_again,
    record_written,
)
from cardstation.services.station import Station


def begun_tool(station: Station, work_id: str, work: Work, card: ToolCard, image: bytes) -> TopUp:
    """A work on a tool card as first stored: of no household, under the card's own number."""
    identity = CardIdentity(card.maker, CardType.USER, card.tool_no, "", card.meter_no, 0)
    return begun_on(station, work_id, work, identity, image)


def card_of(layout: ToolLayout, intent: TopUp) -> ToolCard:
    """What a work puts onto its card."""
    plan = intent.plan or fail("a work is armed as it begins")
    return layout.decode(plan.target).card


def finish_tool(station: Station, card: ToolPlastic, intent: TopUp, watch: Watch) -> TopUp:
    """Bring the blank in the lane to what its work says, prove its own code, and seal.

    Args:
        station: The desk.
        card: In the lane: whole already, a blank, or torn by us.
        intent: Armed, or not known.
        watch: Told each step.

    Raises:
        OutcomeUnknown: the link was lost; the card decides at its next insertion.
        Refusal: `not_blank`, `code_tries_low`, `no_key_for_maker`, `card_code_unknown`: nothing
            was written. CodeRefused, CodeLocked.
    """
    made = _is_made(card, intent)
    if not made:
        intent = _ready(station, card, intent)
    try:
        if not made:
            write_whole(station, card, intent, watch)
        watch(Step.VERIFY)
        if not _is_made(card, intent):
            raise WriteNotTaken("write_not_taken")
        prove_code(station, card, intent)
    except (LinkFailed, CardServiceGone, WriteNotTaken) as error:
        raise card_unknown(station, intent, error.code, "tool_card_unknown") from error
    return record_written(station, intent, card.image)


def _is_made(card: ToolPlastic, intent: TopUp) -> bool:
    if not card.layout.recognises(card.image):
        return False
    return card.layout.decode(card.image).card == card_of(card.layout, intent)


def _ready(station: Station, card: ToolPlastic, intent: TopUp) -> TopUp:
    """Only a blank is written; armed over what it shows now."""
    plan = intent.plan or fail("a work is armed as it begins")
    if not (card.layout.is_blank(card.image) or torn_by_us(card, plan)):
        raise Refusal("not_blank")
    ensure_of_no_other_work(station, card, intent.topup_id)
    if intent.state is TopUpState.ARMED and plan.before == card.image:
        anchor_journal(station)
        return intent
    again = card.layout.plan_make(card.image, card_of(card.layout, intent))
    return record_again(station, intent, again)
