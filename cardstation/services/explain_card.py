"""Records why a card is missing, left over or kept, so that a batch can be closed."""

from __future__ import annotations

from cardstation.domain.batch_life import Step
from cardstation.domain.custody import OF_EXTRAS, Custody, Explanation, Where, Why
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.custody_state import CustodyState, custody_in, custody_state
from cardstation.services.hand_over import row_of
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.guards import ensure_may_write, ensure_other_person
from cardstation.services.intent.lost_list import ensure_listed_here, is_lost
from cardstation.services.intent.steps import record_step
from cardstation.services.station import Station

_TRAYS = frozenset({Where.DONE, Where.ASK, Where.UNPAID})
_OF_LOST_LOADS = frozenset({Why.LOST, Why.DESTROYED, Why.MADE_GOOD})
"""What may be said of a loaded card that is lost; when it turns up, a reader says so."""
_OF_FOUND_AGAIN = frozenset({Why.LOST, Why.DESTROYED, Why.KEEPS_GAS})
"""What may be said of a found card whose load was made good: it is not used, or it is instead."""
_SETTLES_GAS = frozenset({Why.MADE_GOOD, Why.KEEPS_GAS})
"""What settles who has the gas: not before it is known where it is."""
_NEVER_HERE = frozenset({Why.NEVER_GIVEN, Why.OTHER_BATCH})
"""What cannot be true of a card that was loaded here: the books say that it was."""
_BACK_AGAIN = frozenset({Why.LOST, Why.DESTROYED, Why.REFUSED, Why.ABSENT, Why.SEALED_OFF})


def explain_card(
    station: Station, batch_id: str, told: Explanation, approval: Approval | None = None
) -> CustodyState:
    """Record an explanation; it is a new entry, and a later one may say otherwise.

    Args:
        station: The desk.
        batch_id: Of which bag.
        told: Which cards, and why.
        approval: Of the second person; a card is not lost, destroyed or never given without one,
            nor does a load stay on a card that was refused, nor is a card of a lost list another's.

    Raises:
        Refusal: `unknown_batch`, `bag_listed_elsewhere`,
            `card_place_unknown`, `explanation_does_not_fit` (this card is
            not in a state that it explains), `extra_not_here`, `hand_over_count`,
            `load_on_lost_card` (it was loaded: it is laid in a reader, or its load is made good),
            `load_made_good` (it was found after that: it is not used, or what was made good is
            taken back), `batch_not_certain` (nobody knows yet whether it is loaded),
            `nothing_to_explain`, `which_lack_unknown` (no card was chosen, and only a count says
            that some lack), `explanation_needs_two`, `second_person_same`, `batch_not_so_far`,
            and those of `ensure_may_write`.
    """
    ensure_listed_here(batch_id)
    ensure_may_write(station)
    if approval is not None:
        ensure_other_person(station, approval)
    approver = approval.name if approval is not None else ""
    with station.store.unit() as unit:
        state = custody_in(unit, batch_id)
        _ensure_fits(state, told, alone=approval is None)
        if approval is None and state.needs_two(told):
            raise Refusal("explanation_needs_two", n=len(told.places))
        record_step(station, unit, batch_id, Step.EXPLAINED, value=told, approver=approver)
        unit.commit()
    anchor_journal(station)
    return custody_state(station, batch_id)


def _ensure_fits(state: CustodyState, told: Explanation, *, alone: bool) -> None:
    custody = state.custody
    if told.why is Why.COUNTED_AGAIN:
        if told.places or told.extras or not 0 <= told.counted <= 100_000:
            raise Refusal("hand_over_count", arrived=told.counted, expected=0)
        return
    if not told.places and not told.extras:
        if custody.lacking and not custody.lacking_places:
            raise Refusal("which_lack_unknown", n=custody.lacking)
        raise Refusal("nothing_to_explain")
    for place in told.places:
        where = custody.where.get(place)
        if where is None:
            raise Refusal("card_place_unknown", place=row_of(state, place))
        # No reader can tell the card of a lost list: its row is not on file.
        by_two = told.why is Why.FOUND and not alone and is_lost(state.batch.batch)
        if not by_two:
            _ensure_answers_load(custody, place, told.why)
        if not _fits(told.why, where, custody, place):
            raise Refusal("explanation_does_not_fit", place=row_of(state, place))
    _ensure_extras(custody, told)


def _ensure_answers_load(custody: Custody, place: int, why: Why) -> None:
    """What is said of a card with gas on it settles who has that gas, or leaves it open."""
    if place in custody.lost_loads and why not in _OF_LOST_LOADS:
        raise Refusal("load_on_lost_card", n=1)
    if place in custody.found_again and why not in _OF_FOUND_AGAIN:
        raise Refusal("load_made_good", n=1)
    if place in custody.uncertain and why in _SETTLES_GAS:
        raise Refusal("batch_not_certain", n=1)


def _ensure_extras(custody: Custody, told: Explanation) -> None:
    here, unnamed = list(custody.extras), custody.unnamed_extras
    for tail in told.extras:
        if told.why not in OF_EXTRAS:
            raise Refusal("explanation_does_not_fit", place=0)
        if tail and tail in here:
            here.remove(tail)
        elif not tail and unnamed:
            unnamed -= 1
        else:
            raise Refusal("extra_not_here", tail=tail)


def _fits(why: Why, where: Where, custody: Custody, place: int) -> bool:
    if why is Why.MADE_GOOD:
        return place in custody.lost_loads
    if why is Why.KEEPS_GAS:
        return place in custody.refused | custody.found_again
    if why in _NEVER_HERE and place in custody.loaded | custody.uncertain:
        return False
    if where is Where.RETURNED:
        return why in _BACK_AGAIN
    if why is Why.NEVER_GIVEN:
        return where not in _TRAYS
    if why is Why.FOUND:
        return where not in _TRAYS
    return why is not Why.GIVEN_BACK
