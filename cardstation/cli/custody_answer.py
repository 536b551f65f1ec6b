"""How the command line tells where the cards of a batch are."""

from __future__ import annotations

from cardstation.cli.output import columns
from cardstation.cli.run import Call
from cardstation.domain.custody import Explanation, HandOver
from cardstation.sentences import word
from cardstation.sentences.reported import counted_anew, picture_where, recorded_where
from cardstation.services.close_batch import hindrance
from cardstation.services.custody_state import CustodyState, Happened


def answer_custody(call: Call, state: CustodyState) -> None:
    """Answer with the tally and the way of a bag."""
    call.output.answer(_value(state), _told(call, state))


def _value(state: CustodyState) -> dict[str, object]:
    found, refused = state.custody, hindrance(state)
    return {
        "batch": state.batch.batch.batch_id,
        "stage": state.stage,
        "cards": found.cards,
        "tally": {where.value: count for where, count in found.tally.items()},
        "short": found.short + found.short_back,
        "extras": found.extras,
        "unnamed_extras": found.unnamed_extras,
        "unexplained": found.unexplained,
        "hindrance": None if refused is None else refused.code,
        "photos_due": state.photos_due,
        "seals": state.seals,
        "timeline": [_event(one) for one in state.timeline],
    }


def _event(one: Happened) -> dict[str, object]:
    base: dict[str, object] = {
        "number": one.step.seq,
        "step": one.step.step,
        "at": one.step.at,
        "clerk": one.step.clerk,
    }
    if one.reported is not None:
        base |= {"reported": one.reported, "ours": one.ours}
    if one.photo:
        base |= {"photo": one.photo, "photo_at": one.photo_at}
    if one.again is not None:
        base |= {"recounted": one.again}
    if isinstance(one.moved, HandOver):
        told = one.moved
        people = {"given_by": one.given_by, "taken_by": one.taken_by}
        counts = {"expected": told.expected, "arrived": told.arrived, "missing": told.missing}
        way = {"giver": told.giver, "taker": told.taker, "seal_no": told.seal_no}
        signed = {"given_signed": told.given_signed, "taken_signed": told.taken_signed}
        return base | way | counts | {"extras": told.extras} | people | signed
    if isinstance(one.moved, Explanation):
        return base | {"why": one.moved.why, "lines": one.moved.places, "extras": one.moved.extras}
    return base


def _told(call: Call, state: CustodyState) -> list[str]:
    t = call.words
    counts = [
        (word(f"where.{where.value}", t), str(count))
        for where, count in state.custody.tally.items()
        if count
    ]
    extras = state.custody.left_over
    if extras:
        counts.append((t("Cards on no line"), str(extras)))
    if state.photos_due:
        due = " ".join(f"#{number}" for number in state.photos_due)
        counts.append((t("Signed paper, photo missing"), due))
    rows = [
        (
            f"{one.step.at:%Y-%m-%d %H:%M}",
            word(f"happened.{one.step.step.value}", t),
            _way(call, one),
            one.step.clerk,
        )
        for one in state.timeline
    ]
    stage = word(f"stage.{state.stage.value}", t)
    return [f"{state.batch.batch.batch_id}  {stage}", *columns(counts), *columns(rows)]


def _way(call: Call, one: Happened) -> str:
    told = one.reported.told if one.reported is not None else one.moved
    if isinstance(told, HandOver):
        giver, taker = (
            word(f"party.{side.value}", call.words) for side in (told.giver, told.taker)
        )
        count = f"{told.arrived} / {told.expected}"
        where = "" if one.reported is None else recorded_where(one.reported, call.words)
        parts = (f"{giver} → {taker}", count, told.seal_no, where)
        return "  ".join(part for part in parts if part)
    if isinstance(one.moved, Explanation):
        places = ",".join(map(str, (*one.moved.places, *one.moved.extras)))
        return f"{word(f'why.{one.moved.why.value}', call.words)}  {places}".rstrip()
    if one.again is not None:
        return counted_anew(one.again, call.words)
    return picture_where(one.photo_at, call.words)
