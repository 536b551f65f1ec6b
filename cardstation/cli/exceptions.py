"""`cardstation exceptions`: everything that is open, worst first, and what to do next."""

from __future__ import annotations

import click

from cardstation.cli.output import columns
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.sentences import brief, word
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.intent.cases import Case


@click.command()
@with_json
@pass_call
def exceptions(call: Call) -> None:
    """List what is open: who opened it, its owner, its age, when it is due, and the next step."""
    with call.doors.station(call.settings, False) as station:
        found = exceptions_state(station, order_warn_days=call.settings.order_warn_days)
    if not found:
        call.output.answer({"exceptions": []}, [call.words("Nothing waits")])
        return
    rows = [_row(call, one) for one in found]
    call.output.answer({"exceptions": [_told(call, one) for one in found]}, columns(rows))


def _told(call: Call, one: Case) -> dict[str, object]:
    names = ("kind", "code", "key", "who", "card_no", "batch_id", "row", "place", "money", "seq")
    times = ("since", "age_min", "due", "until_shift_ends", "overdue", "opened_by", "owner")
    answer = {name: getattr(one, name) for name in (*names, *times)}
    answer["evidence"] = one.values.get("evidence", "")
    step = one.guide.step
    answer["step"], answer["steps"] = one.guide.at + 1, len(one.guide.steps)
    answer["next"] = {
        "do": word(f"guide.{step.code}", call.words),
        "who": step.who,
        "act": step.act,
        "proof": step.proof,
    }
    answer["now"] = one.guide.now
    return answer


def _row(call: Call, one: Case) -> tuple[str, ...]:
    step, t = one.guide.step, call.words
    due = f"{one.due:%m-%d %H:%M}" if one.due else ""
    if one.until_shift_ends:
        due = t("end of shift")
    return (
        "!" if one.overdue else " ",
        brief(one.code, t),
        one.who or one.card_no or one.batch_id or one.key,
        str(one.money or "–"),
        due or "–",
        one.owner or word(f"may.{step.who}", t),
        f"{one.guide.at + 1}/{len(one.guide.steps)} {word(f'guide.{step.code}', t)}",
    )
