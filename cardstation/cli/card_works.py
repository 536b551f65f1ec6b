"""What commands say of a work on a whole card: its steps, its slip, that it was given up."""

from __future__ import annotations

from cardstation.cli.output import plain
from cardstation.cli.run import Call
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.topup import Step, TopUp
from cardstation.sentences import word
from cardstation.services.intent.whole_card import Watch


def watching(call: Call) -> Watch:
    """Tells each step as progress."""

    def watch(step: Step) -> None:
        call.output.progress(word(f"step.{step.value}", call.words))

    return watch


def answer_slip(call: Call, slip: CardSlip) -> None:
    """Answer with a slip, which is filed."""
    filed = call.doors.card_slip(slip, call.settings)
    answer = plain(slip)
    told = {**(answer if isinstance(answer, dict) else {}), "paper": filed}
    said = f"{word(f'work.{slip.work}', call.words)}  {slip.card_no}  {slip.name}"
    call.output.answer(told, [said, str(filed)])


def answer_given_up(call: Call, done: TopUp) -> None:
    """Answer with a work that two people gave up."""
    answer = {"work": done.topup_id, "account": done.account_no, "state": done.state}
    call.output.answer(answer, [word(f"state.{done.state.value}", call.words)])
