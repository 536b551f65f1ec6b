"""`cardstation doctor`, `recover`, `enrol`, `sync`, `clock`, `verify`: a station and its books."""

from __future__ import annotations

from dataclasses import replace

import click

from cardstation.cli.books import proof_lines
from cardstation.cli.feed import follow_along
from cardstation.cli.output import columns, told
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import acting, approved
from cardstation.errors import Mishap
from cardstation.services.answer_payment import answer_payment
from cardstation.services.recover import recover as recover_station
from cardstation.services.rejoin import rejoin as rejoin_station
from cardstation.services.settle_clock import settle_clock
from cardstation.services.sync import sync as sync_station
from cardstation.services.sync_state import confirmed_by_centre, sync_state
from cardstation.services.verify import Verification
from cardstation.services.verify import verify as verify_station

CODE_VARIABLE = "CARDSTATION_ENROL_CODE"


@click.command()
@with_json
@pass_call
def doctor(call: Call) -> None:
    """Look at everything the station needs and say what is missing."""
    checks = call.doors.doctor(call.settings)
    rows = [("✓" if check.ok else "!", check.name, check.found) for check in checks]
    call.output.answer({"ok": all(c.ok for c in checks), "checks": checks}, columns(rows))


@click.command()
@click.option("--taken", metavar="ID", help="Answer a payment question: the money is here.")
@click.option("--not-taken", metavar="ID", help="Answer a payment question: it never came.")
@with_json
@pass_call
def recover(call: Call, taken: str | None, not_taken: str | None) -> None:
    """Settle what a crash left open; list what needs its card or a human."""
    with call.doors.station(call.settings, True) as station:
        for intent, answer in ((taken, True), (not_taken, False)):
            if intent is not None:
                answer_payment(station, intent, taken=answer)
        found = recover_station(station)
    call.output.answer({"open": found}, [line for one in found for line in (*told(one), "")])


@click.command()
@click.argument("url")
@click.option(
    "--code",
    envvar=CODE_VARIABLE,
    default="",
    help=f"One-time code from the centre; default: {CODE_VARIABLE}, else it is asked for.",
)
@click.option(
    "--new-key",
    is_flag=True,
    help="Take the centre's key in the place of the one this station knows.",
)
@with_json
@pass_call
def enrol(call: Call, url: str, code: str, new_key: bool) -> None:
    """Enrol this station at the central ledger at URL and keep the address in the settings."""
    given = code or click.prompt(call.words("Enrolment code"), err=True)
    offline = replace(call.settings, ledger_url="")
    with call.doors.station(offline, True):
        head = call.doors.enrol(call.settings, url, given, new_key)
    answer = {"ledger_url": url, "station": call.settings.station, "epoch": head.epoch}
    answer |= {"last_seq": head.last_seq}
    call.output.answer(answer, told(answer))


@click.command()
@click.option("--status", is_flag=True, help="Ask nobody: what is unsent, what is left offline.")
@click.option(
    "--confirmed",
    is_flag=True,
    help="Ask nobody: the centre's signed word of what it has, for its `reconcile --checkpoint`.",
)
@with_json
@pass_call
def sync(call: Call, status: bool, confirmed: bool) -> None:
    """Send what the central ledger does not have yet; then take what the centre published."""
    if confirmed:
        with call.doors.station(call.settings, False) as station:
            word = confirmed_by_centre(station)
        call.output.answer(word, told(word))
        return
    if status:
        with call.doors.station(call.settings, False) as station:
            state = sync_state(station)
        call.output.answer(state, told(state))
        return
    with call.doors.station(call.settings, True) as station:
        state = sync_station(station)
        follow_along(call, station)
    call.output.answer(state, told(state))


@click.command()
@click.option("--approver", required=True, help="Who else agrees: a supervisor of this station.")
@click.option("--clerk", help="Who acts, where no shift is open; another person than the approver.")
@with_json
@pass_call
def rejoin(call: Call, approver: str, clerk: str | None) -> None:
    """Bring a restored station back: its lost entries from the ledger, then a new epoch."""
    with call.doors.station(call.settings, True) as station:
        first = None if clerk is None else acting(call, station, clerk)
        state = rejoin_station(station, approved(call, station, approver), clerk=first)
    call.output.answer(state, told(state))


@click.command()
@click.option("--reason", required=True, help="Why the clock was wrong, in your words.")
@click.option("--approver", required=True, help="Who else agrees: a supervisor of this station.")
@click.option("--clerk", help="Who acts, where no shift is open; another person than the approver.")
@with_json
@pass_call
def clock(call: Call, reason: str, approver: str, clerk: str | None) -> None:
    """Go on after the clock was wrong and was set right; it is on record why."""
    with call.doors.station(call.settings, True) as station:
        first = None if clerk is None else acting(call, station, clerk)
        second = approved(call, station, approver)
        at = settle_clock(station, reason, second, clerk=first)
    answer = {"counts_from": at.isoformat(timespec="seconds"), "reason": reason.strip()}
    call.output.answer(answer, told(answer))


@click.command()
@with_json
@pass_call
def verify(call: Call) -> None:
    """Prove the journal chain and both equations: money, and gas by cause."""
    with call.doors.station(call.settings, False) as station:
        found = verify_station(station)
    shown = _held_back(found) if found.held_back else found
    call.output.answer(shown, proof_lines(found, call.words))
    if not found.ok:
        raise Mishap("books_disagree", count=len(found.disagreements))


def _held_back(found: Verification) -> dict[str, object]:
    """What may be seen before the till is counted: whether the books agree, no sum of them."""
    names = ("ok", "disagreements", "entries", "acked_seq", "held_back")
    return {name: getattr(found, name) for name in names}
