"""`cardstation batch trace SEAL`: whose a sealed bag is, who has it, how many cards."""

from __future__ import annotations

import click

from cardstation.cli.output import columns
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.domain.custody import Explanation, HandOver, Party
from cardstation.domain.custody_trace import BagTrace, TracedStep
from cardstation.sentences import word
from cardstation.services.trace_bag import trace_bag


@click.command()
@click.argument("seal")
@with_json
@pass_call
def trace(call: Call, seal: str) -> None:
    """Say who has the bag with SEAL and how many cards; the ledger knows every station's."""
    with call.doors.station(call.settings, False) as station:
        found = trace_bag(station, seal)
    answer_trace(call, found)


def answer_trace(call: Call, found: BagTrace) -> None:
    """Answer with whose a bag is and its way."""
    call.output.answer(_value(found), _told(call, found))


def _value(found: BagTrace) -> dict[str, object]:
    return {
        "seal_no": found.seal_no,
        "station": found.station,
        "batch": found.batch_id,
        "ours": found.ours,
        "stage": found.stage,
        "holder": _holder(found),
        "counts": {party.value: count for party, count in found.counts.items()},
        "timeline": [_event(one) for one in found.steps],
    }


def _holder(found: BagTrace) -> Party | None:
    last = found.last
    return last.moved.taker if last and isinstance(last.moved, HandOver) else None


def _event(one: TracedStep) -> dict[str, object]:
    base: dict[str, object] = {"step": one.step, "at": one.at, "clerk": one.clerk}
    if isinstance(one.moved, HandOver):
        told = one.moved
        way = {"giver": told.giver, "taker": told.taker, "seal_no": told.seal_no}
        return base | way | {"expected": told.expected, "arrived": told.arrived}
    if isinstance(one.moved, Explanation):
        return base | {"why": one.moved.why, "cards": len(one.moved.places)}
    return base


def _told(call: Call, found: BagTrace) -> list[str]:
    t = call.words
    counts = [
        (word(f"party.{party.value}", t), str(count))
        for party, count in found.counts.items()
        if count
    ]
    rows = [
        (
            f"{one.at:%Y-%m-%d %H:%M}",
            word(f"happened.{one.step.value}", t),
            _way(call, one),
            one.clerk,
        )
        for one in found.steps
    ]
    stage = word(f"stage.{found.stage.value}", t)
    return [f"{found.station}  {found.batch_id}  {stage}", *columns(counts), *columns(rows)]


def _way(call: Call, one: TracedStep) -> str:
    if not isinstance(one.moved, HandOver):
        return ""
    told, t = one.moved, call.words
    giver, taker = (word(f"party.{side.value}", t) for side in (told.giver, told.taker))
    return f"{giver} → {taker}  {told.arrived} / {told.expected}  {told.seal_no}".rstrip()
