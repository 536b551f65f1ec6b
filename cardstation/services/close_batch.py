"""Ends a batch: every card is accounted for, nothing is uncertain, no money is left over."""

from __future__ import annotations

from cardstation.domain.batch import LineState
from cardstation.domain.batch_life import TABLE, Stage, Step, last_of_run
from cardstation.errors import Refusal
from cardstation.services.batch_state import money_open
from cardstation.services.custody_state import CustodyState, custody_in, custody_state
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.lost_list import ensure_listed_here
from cardstation.services.intent.steps import record_step
from cardstation.services.station import Station
from cardstation.store import Reading, Unit


def close_batch(station: Station, batch_id: str) -> CustodyState:
    """Close a batch; its personal data are removed some time later.

    Raises:
        Refusal: what `keeps_open` names, `unknown_batch`, `bag_listed_elsewhere`,
            and those of `ensure_may_write`.
    """
    ensure_listed_here(batch_id)
    ensure_may_write(station)
    with station.store.unit() as unit:
        if (refused := keeps_open(unit, custody_in(unit, batch_id))) is not None:
            raise refused
        _bring_back(station, unit, batch_id)
        record_step(station, unit, batch_id, Step.CLOSED)
        unit.commit()
    anchor_journal(station)
    return custody_state(station, batch_id)


def close_if_settled(station: Station, state: CustodyState) -> CustodyState:
    """Close a batch whose bag went back, where nothing of it is open; else leave it as it is."""
    with station.store.reading() as reading:
        closable = is_closable(reading, state)
    if state.stage is Stage.RETURNED and closable:
        return close_batch(station, state.batch.batch.batch_id)
    return state


def is_closable(reading: Reading, state: CustodyState) -> bool:
    """Nothing keeps a batch from being closed, no payment without an answer either."""
    return keeps_open(reading, state) is None


def keeps_open(reading: Reading, state: CustodyState) -> Refusal | None:
    """As `hindrance`, or `payment_question`: a payment of it waits for its answer."""
    if (refused := hindrance(state)) is not None:
        return refused
    for asked in reading.funds.unanswered(state.batch.batch.batch_id):
        return Refusal("payment_question", topup_id=asked.payment_id, fen=asked.money.fen)
    return None


def hindrance(state: CustodyState) -> Refusal | None:
    """What keeps a batch from being closed.

    Returns:
        `batch_closed_already`, `batch_not_certain` (an outcome is unknown), `cards_not_back`,
        `cards_not_explained`, `refused_load_open` (a household refused its loaded card),
        `cards_kept` (they lie here for their households), `load_on_lost_card` (a household's gas
        went with its card), `load_made_good` (and the card was found since), `batch_money_open`
        (what was received is neither loaded nor given back), `paper_to_photograph` (a hand-over
        was signed on paper, and its photo is missing), `batch_still_run` (cards are taken for it
        now), or None.
    """
    custody, batch_id = state.custody, state.batch.batch.batch_id
    if state.stage is Stage.CLOSED:
        return Refusal("batch_closed_already", batch_id=batch_id)
    unknown = sum(one.state is LineState.UNKNOWN for one in state.batch.outcomes)
    if unknown:
        return Refusal("batch_not_certain", n=unknown)
    if there := len(custody.held) - custody.short:
        return Refusal("cards_not_back", n=there)
    if not custody.accounted_for:
        return Refusal("cards_not_explained", missing=custody.lacking, extra=custody.left_over)
    if custody.refused:
        return Refusal("refused_load_open", n=len(custody.refused))
    if custody.found_again:
        return Refusal("load_made_good", n=len(custody.found_again))
    if custody.kept:
        return Refusal("cards_kept", n=len(custody.kept))
    if custody.lost_loads:
        return Refusal("load_on_lost_card", n=len(custody.lost_loads))
    if open_money := money_open(state.batch):
        return Refusal("batch_money_open", fen=open_money.fen)
    if due := state.photos_due:
        return Refusal("paper_to_photograph", n=len(due), number=due[0])
    run = last_of_run(one.step for one in state.timeline)
    if state.stage is Stage.RUNNING and run is not None and run.step is Step.STARTED:
        return Refusal("batch_still_run", batch_id=batch_id)
    return None


def _bring_back(station: Station, unit: Unit, batch_id: str) -> None:
    """Cards that were run and all explained (refused, destroyed) leave no bag to return."""
    stage = unit.steps.stage(batch_id)
    if (stage, Step.CLOSED) in TABLE:
        return
    if (stage, Step.RETURNED) not in TABLE:
        if stage is Stage.COLLECTED:
            record_step(station, unit, batch_id, Step.STARTED)
        record_step(station, unit, batch_id, Step.FINISHED)
    record_step(station, unit, batch_id, Step.RETURNED)
