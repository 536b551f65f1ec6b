"""What must be answered of a loaded card before it leaves the desk, beside what its bag says."""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.batch_life import Stage
from cardstation.domain.card_rows import card_places
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import TAKEN_OFF, TopUpState
from cardstation.errors import Refusal
from cardstation.services.custody_state import CustodyState, custody_in
from cardstation.services.intent.made_good import is_made_good
from cardstation.store import Reading
from cardstation.store.funds import BatchStop


def ensure_may_leave(reading: Reading, state: CustodyState, places: Sequence[int]) -> None:
    """What is on each card that goes is known, and its gas is nobody else's.

    Raises:
        Refusal: `batch_not_certain` (its load is being taken off), `load_made_good` (in another
            batch, which is open).
    """
    _ensure_none_coming_off(reading, state, places)
    _ensure_none_made_good(reading, state, places)


def _ensure_none_coming_off(reading: Reading, state: CustodyState, places: Sequence[int]) -> None:
    stands = card_places(state.batch.outcomes)
    every = reading.topups.of_batch(state.batch.batch.batch_id)
    loads = [one.topup_id for one in every if stands.get(one.line) in places]
    over = (*TAKEN_OFF, TopUpState.VOIDED)
    if n := sum(one.state not in over for one in reading.topups.returns_of(*loads)):
        raise Refusal("batch_not_certain", n=n)


def _ensure_none_made_good(reading: Reading, state: CustodyState, places: Sequence[int]) -> None:
    """No card that lay in a reader for this bag waits for what two people say of it elsewhere."""
    stands, loaded = card_places(state.batch.outcomes), state.custody.loaded
    stops = reading.funds.stops(state.batch.batch.batch_id)
    read = {(stands.get(stop.line, 0), stop.card_no): stop for stop in stops if stop.line}
    going = set(places) - loaded
    waits = [stop for (place, _), stop in read.items() if place in going]
    if n := sum(_waits_elsewhere(reading, state, stop) for stop in waits):
        raise Refusal("load_made_good", n=n)


def _waits_elsewhere(reading: Reading, state: CustodyState, stop: BatchStop) -> bool:
    """Its gas was made good in a batch that is open, and knows that the card was found."""
    account_no = state.batch.batch.lines[stop.line - 1].account_no
    return any(
        load.identity.card_no == stop.card_no
        and reading.steps.stage(load.batch_id) is not Stage.CLOSED
        and is_made_good(reading, load)
        and _is_found(custody_in(reading, load.batch_id), load)
        for load in reading.topups.of_account(account_no)
        if load.batch_id not in ("", stop.batch_id)
    )


def _is_found(state: CustodyState, load: TopUp) -> bool:
    return card_places(state.batch.outcomes).get(load.line, 0) in state.custody.found_again
