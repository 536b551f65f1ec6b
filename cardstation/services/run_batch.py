"""The run of a batch as steps on record: started, paused, taken over, started again, finished."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.batch import LineState
from cardstation.domain.batch_life import BatchStep, Stage, Step, last_of_run
from cardstation.services.batch_state import batch_state
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.facts import clerk_of
from cardstation.services.intent.guards import ensure_on_duty
from cardstation.services.intent.scan_rule import scan_when_numbered
from cardstation.services.intent.steps import record_step
from cardstation.services.station import Station
from cardstation.store import Reading


@dataclass(frozen=True, slots=True)
class RunCount:
    """How far the lines had come when the run paused or ended."""

    done: int
    left: int
    open: int


def start_batch(station: Station, batch_id: str) -> None:
    """Cards are taken from here on; the numbered envelopes of a bag are to be scanned.

    Recorded once: a run that a crash cut off goes on as the same; another clerk who goes on with
    it is recorded, and so is who goes on after a pause.

    Raises:
        Refusal: `unknown_batch`, `batch_closed_already`, and those of `ensure_on_duty`.
    """
    ensure_on_duty(station)
    with station.store.unit() as unit:
        scan_when_numbered(station, unit, batch_id)
        last, clerk = _last(unit, batch_id), clerk_of(station, unit)
        if last is None or (last.step, last.clerk) != (Step.STARTED, clerk):
            record_step(station, unit, batch_id, Step.STARTED)
        unit.commit()
    anchor_journal(station)


def pause_batch(station: Station, batch_id: str) -> None:
    """No card is taken for now; whoever starts it again goes on where it stands.

    Raises:
        Refusal: `unknown_batch`.
    """
    _end(station, batch_id, Step.PAUSED)


def finish_batch(station: Station, batch_id: str) -> bool:
    """The run is over, if no card is left that can be loaded or whose outcome is open.

    Returns:
        Whether it is over.

    Raises:
        Refusal: `unknown_batch`.
    """
    if any(one.is_open for one in batch_state(station, batch_id).outcomes):
        return False
    _end(station, batch_id, Step.FINISHED)
    return True


def runs(station: Station, batch_id: str) -> bool:
    """The batch was started and neither paused nor finished since."""
    with station.store.reading() as reading:
        last = _last(reading, batch_id)
    return last is not None and last.step is Step.STARTED


def pause_all(station: Station) -> None:
    """The clerk goes: what runs is paused in their name."""
    with station.store.reading() as reading:
        stages = reading.steps.stages()
    for batch_id, stage in stages.items():
        if stage is Stage.RUNNING:
            pause_batch(station, batch_id)


def _end(station: Station, batch_id: str, step: Step) -> None:
    if not runs(station, batch_id):
        return
    count = _count(station, batch_id)
    with station.store.unit() as unit:
        record_step(station, unit, batch_id, step, value=count)
        unit.commit()
    anchor_journal(station)


def _count(station: Station, batch_id: str) -> RunCount:
    outcomes = batch_state(station, batch_id).outcomes
    states = [one.state for one in outcomes]
    done = states.count(LineState.DONE)
    left = sum(one.is_open for one in outcomes)
    stay = states.count(LineState.WITHDRAWN)
    return RunCount(done, left, len(states) - done - left - stay)


def _last(reading: Reading, batch_id: str) -> BatchStep | None:
    return last_of_run(reading.steps.of_batch(batch_id))
