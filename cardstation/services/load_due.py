"""Loads gas that a household is due onto the card in the reader: a counter visit without money."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.admission import Admitted, admit, compare_counter, ensure_fits, room_of
from cardstation.domain.card import CardContent, Quantity
from cardstation.domain.gas_due import DueStanding, GasDue, amount_of, portion
from cardstation.domain.meter import CounterSchool, MakerRules
from cardstation.domain.receipt import LOADING_SLIP, RECEIPT, Receipt
from cardstation.domain.topup import Step
from cardstation.errors import Refusal
from cardstation.services.identify import Inserted
from cardstation.services.intent.at_work import on_its_card
from cardstation.services.intent.begin import Purpose, begin_armed
from cardstation.services.intent.change_guards import ensure_not_carried_elsewhere
from cardstation.services.intent.gas_dues import dues_of, quote_of_due, standing
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.intent.known import customer_of
from cardstation.services.intent.load import Watch, ensure_unlockable, write_and_seal
from cardstation.services.intent.taken_back import ensure_not_behind, take_over
from cardstation.services.resolve import ensure_settled, resolve_card
from cardstation.services.station import Station


@on_its_card
def load_due(station: Station, card: Inserted, due_id: str | None, watch: Watch) -> Receipt:
    """Load as much of a due as the card can carry: resolve, check, arm, write, read back, seal.

    What does not fit stays due: the next visit draws on it again.

    Args:
        station: The desk.
        card: Identified, in the lane.
        due_id: Which due; None = the oldest of the household.
        watch: Told every step as it begins.

    Returns:
        The slip; also when a load of this due was begun earlier and is finished now.

    Raises:
        Refusal: nothing was done: `no_gas_due`, `unknown_gas_due`, `gas_due_ended`,
            `gas_due_other_meter`, `gas_due_below_step`, `gas_due_counter`, `purse_counts_itself`,
            `due_carried_elsewhere`, `change_needs_ledger` (another desk may have loaded it),
            and those of a sale;
            after one of the card's (`code_tries_low` …) the load waits for this card.
        OutcomeUnknown: the card decides at its next insertion.
    """
    watch(Step.READ)
    found = resolve_card(station, card, watch)
    earlier = found.receipt
    if earlier is not None and _is_given(earlier) and due_id in (None, earlier.order_id):
        return earlier
    ensure_settled(found)
    ensure_may_sell(station)

    watch(Step.CHECK)
    household = customer_of(station, card)
    admitted = admit(card.content, card.rules)
    household = take_over(station, card, household, admitted)
    compare_counter(admitted, card.rules, household.purchase_counter, bound=False)
    ensure_not_behind(station, card, admitted)
    with station.store.reading() as reading:
        chosen = _chosen(dues_of(reading, household.account_no), household.account_no, due_id)
        wanted = _portion(card.content, card.rules, chosen)
        offer = quote_of_due(station, reading, household, chosen.due.cause, wanted)
    ensure_fits(card.content, card.rules, wanted)
    ensure_not_carried_elsewhere(station, household.card_no, chosen.due)
    unlocking = ensure_unlockable(station, card)

    watch(Step.PAY)
    purpose = Purpose(chosen.due.cause, order_id=chosen.due.due_id)
    at = _at_counter(card, admitted, chosen.due)
    armed = begin_armed(station, card, household, at, offer, purpose=purpose, unlocking=unlocking)
    return write_and_seal(station, card, armed, watch, unlocking)


def _is_given(slip: Receipt) -> bool:
    return slip.kind not in (RECEIPT, LOADING_SLIP)


def _chosen(dues: tuple[DueStanding, ...], account_no: str, due_id: str | None) -> DueStanding:
    if due_id is None:
        waiting = [one for one in dues if one.is_open]
        if not waiting:
            raise Refusal("no_gas_due", account_no=account_no)
        return waiting[0]
    for one in dues:
        if one.due.due_id == due_id:
            if not one.is_open:
                raise Refusal("gas_due_ended", due_id=due_id)
            return one
    raise Refusal("unknown_gas_due", due_id=due_id)


def portion_of(station: Station, content: CardContent, due_id: str) -> Quantity:
    """What the next load of a due would carry on this card.

    Raises:
        Refusal: `unknown_gas_due`, `gas_due_other_meter`, `gas_due_below_step`, `no_maker_rules`.
    """
    with station.store.reading() as reading:
        chosen = standing(reading, due_id)
    return _portion(content, station.rules_of(content.identity.maker), chosen)


def _portion(content: CardContent, rules: MakerRules, chosen: DueStanding) -> Quantity:
    """What this load carries; one step where the card has no room for it, to be told so."""
    due = chosen.due
    if due.meter_no != content.identity.meter_no:
        raise Refusal("gas_due_other_meter", meter_no=due.meter_no)
    room = room_of(content)
    wanted = portion(chosen.left, room, rules)
    if amount_of(wanted):
        return wanted
    step = rules.volume_step.litres
    if amount_of(chosen.left) < step <= amount_of(room):
        litres = amount_of(chosen.left)
        raise Refusal("gas_due_below_step", litres=litres, step_litres=step)
    return type(chosen.left)(step)


def _at_counter(card: Inserted, admitted: Admitted, due: GasDue) -> Admitted:
    """Where the load counts on: from the card, or, once more, from a meter that is behind it.

    Raises:
        Refusal: `gas_due_counter`: the card is not where it was when that was granted.
    """
    shown = due.repeats_counter
    if shown is None:
        return admitted
    exact = card.rules.school is CounterSchool.EXACT and card.layout.marks_loads
    if not exact or admitted.counter != shown + 1:
        raise Refusal("gas_due_counter", shown=shown, known=admitted.counter)
    return replace(admitted, counter=shown)
