"""Takes a card back that was made in the place of another (补卡撤销): the other one was found.

Both cards are at the desk. The new one becomes a blank, or nobody's where its chip keeps its number
for ever, and the old one is the live one again.
"""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.card import CardContent
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.household import Household
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.new_card import NEVER_MET
from cardstation.domain.reissue import is_of_household
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUp, Work
from cardstation.domain.transitions import TopUpState
from cardstation.errors import Refusal
from cardstation.ports.reader import Presence, Reader
from cardstation.services.clear_card import wiped
from cardstation.services.identify import Plastic
from cardstation.services.intent.generations import made_here
from cardstation.services.intent.makers_of import ensure_undone
from cardstation.services.intent.reissuing import ensure_nothing_open, facts_of_card
from cardstation.services.intent.whole_card import Watch, is_whole
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.station import Station

_LOADS = (EntryKind.ARMED, EntryKind.SEALED, EntryKind.RETURNED, EntryKind.NOT_LOADED)


def cancel_reissue(
    station: Station,
    reader: Reader,
    presence: Presence,
    approval: Approval,
    why: str,
    watch: Watch,
) -> CardSlip:
    """Make the new card in the reader a blank, or nobody's; what was cut short on it is finished.

    Args:
        station: The desk.
        reader: Where the new card lies.
        presence: The insertion.
        approval: Of the second person.
        why: In words: where the old card was found, and that it lies before both.
        watch: Told every step as it begins.

    Raises:
        Refusal: `reissue_not_undone` (made at another desk, in its meter, or used since),
            `clear_not_readable`, and those of `clear_card`, `facts_of_card` and
            `ensure_nothing_open`: nothing was written.
        OutcomeUnknown: the card decides at its next insertion.
    """

    def ensure(card: Plastic, household: Household, content: CardContent, _but: str) -> str:
        ensure_undone(station.rules_of(content.identity.maker))
        return _undoable(station, card, household, content)

    slip = wiped(station, reader, presence, approval, why, watch, ensure)
    send_eagerly(station)
    return slip


def _undoable(station: Station, card: Plastic, household: Household, content: CardContent) -> str:
    """The work that made this card: here, the last one, and nobody used it."""
    identity, returned = content.identity, content.returned
    if content.credit is None or returned is None or card.layout.is_torn(card.image):
        raise Refusal("clear_not_readable", card_no=identity.card_no)
    told = [
        one for one in facts_of_card(station, identity.card_no) if is_of_household(one, identity)
    ]
    ensure_nothing_open(station, told, household)
    used = any(one.kind in _LOADS and one.generation == identity.generation for one in told)
    with station.store.reading() as reading:
        made = [
            one
            for one in made_here(reading, household.account_no)
            if one.identity == identity and one.state is TopUpState.SEALED
        ]
    live = identity.generation == household.generation
    if not made or used or not live or returned.written_at != NEVER_MET:
        raise Refusal("reissue_not_undone", card_no=identity.card_no)
    # A desk that was not heard yet may have loaded it.
    if not is_whole(card.layout, card.image, made[-1]):
        raise Refusal("reissue_not_undone", card_no=identity.card_no)
    _ensure_alone(told, made[-1])
    return made[-1].topup_id


def _ensure_alone(told: Sequence[Entry], work: TopUp) -> None:
    """No other card may be out there that a meter takes for newer than the old one.

    What was armed twice may lie on two blanks, and a card that was laid aside may be whole.

    Raises:
        Refusal: `reissue_not_undone`.
    """
    armed = [
        one for one in told if one.kind is EntryKind.CARD_ARMED and one.subject == work.topup_id
    ]
    before = work.identity.generation - 1
    aside = any(
        one.kind is EntryKind.CARD_GIVEN_UP
        and one.detail == Work.REISSUE
        and one.generation == before
        for one in told
    )
    if len(armed) != 1 or aside:
        raise Refusal("reissue_not_undone", card_no=work.identity.card_no)
