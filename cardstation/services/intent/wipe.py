"""Makes a dead card a blank again: its code first, then what makes it known, then the rest.

Once it has the code of a blank the plan's first span takes it out of the world and leaves the
clearing's mark there: from then on it is a blank to everybody, and this clearing's to its desk.
"""

from __future__ import annotations

from cardstation.domain.topup import Step, TopUp, Work
from cardstation.domain.transitions import TopUpState
from cardstation.errors import (
    CardServiceGone,
    CodeRefused,
    LinkFailed,
    Refusal,
    WriteNotTaken,
    fail,
)
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.card_code import CardInLane, own_code, present, refused_before
from cardstation.services.intent.whole_card import Watch
from cardstation.services.intent.work_records import card_unknown, record_again, record_written
from cardstation.services.station import Station


def finish_wipe(station: Station, card: CardInLane, intent: TopUp, watch: Watch) -> TopUp:
    """Bring the card in the lane to a blank, and seal that.

    Args:
        station: The desk.
        card: In the lane: the one of this clearing, by what it shows.
        intent: Armed, or not known.
        watch: Told each step.

    Raises:
        OutcomeUnknown: the link was lost; the card decides at its next insertion.
        Refusal: `card_code_unknown`, `code_tries_low`, `no_key_for_maker`. CodeLocked.
    """
    plan = intent.plan or fail("a work is armed as it begins")
    try:
        if card.image != plan.target:
            if intent.state is TopUpState.ARMED:
                anchor_journal(station)
            else:
                intent = record_again(station, intent, plan)
            watch(Step.WRITE)
            _open(station, card, intent, plan.target)
            card.chip.write(card.image, plan.spans)
            card.power_cycle()
        watch(Step.VERIFY)
        if card.image != plan.target:
            raise WriteNotTaken("write_not_taken")
    except (LinkFailed, CardServiceGone, WriteNotTaken) as error:
        code = "tool_back_unknown" if intent.reference == Work.TOOL_BACK else "card_clear_unknown"
        raise card_unknown(station, intent, error.code, code) from error
    return record_written(station, intent, card.image)


def _open(station: Station, card: CardInLane, intent: TopUp, target: bytes) -> None:
    """Open it with the code of a blank, which it is given first while it is still known.

    A cut in between leaves its own code, the one of a blank, or a mixture that opens by neither.
    One that becomes no blank keeps its own.
    """
    own = own_code(station, card, intent)
    if not card.layout.is_blank(target):
        _present(station, card, intent, own)
        return
    after_own = False
    if own and card.layout.recognises(card.image):
        after_own = refused_before(station, card, intent) or not _given(station, card, intent, own)
    _present(station, card, intent, card.blank_code, after_own=after_own)


def _present(
    station: Station, card: CardInLane, intent: TopUp, code: bytes, *, after_own: bool = False
) -> None:
    try:
        present(station, card, intent, code, after_own=after_own)
    except CodeRefused as error:
        raise Refusal("card_code_unknown", card_no=intent.identity.card_no) from error


def _given(station: Station, card: CardInLane, intent: TopUp, own: bytes) -> bool:
    """Give it the code of a blank; False where its own is refused: it may have that already."""
    try:
        present(station, card, intent, own)
    except CodeRefused:
        card.power_cycle()
        return False
    card.chip.set_code(own, card.blank_code)
    card.power_cycle()
    return True
