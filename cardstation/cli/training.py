"""`cardstation training`: virtual cards on the real card stack, virtual meters, a shifted clock."""

from __future__ import annotations

import re

import click

from cardstation.cli.run import Call, pass_call, with_json
from cardstation.errors import Refusal

_SHIFT = re.compile(r"([+-]?)(\d+)([smhd])|([+-]?0)")
CHIPS = ("sle4442", "sle4428", "at24c02", "at88sc102", "mifare1k")
DIALECTS = ("acs", "omnikey", "part3", "acr1252")
slot_option = click.option(
    "--slot", type=click.IntRange(1, 8), default=1, show_default=True, help="Which reader."
)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@click.group()
def training() -> None:
    """Cards, readers and meters without hardware. Papers say 培训; other keys, another area."""


@training.group()
def rack() -> None:
    """A rack of virtual cards before a virtual reader of the real PC/SC service."""


@rack.command()
@click.option("--batch", help="Put the cards of this batch into the rack.")
@click.option("--account", multiple=True, help="Put this household's card into the rack.")
@click.option("--feed", is_flag=True, help="Feed the cards one after another by itself.")
@click.option("--pace", type=float, default=0.2, show_default=True, help="Seconds between cards.")
@click.option("--dialect", type=click.Choice(DIALECTS), default="acs", show_default=True)
@click.option("--readers", type=click.IntRange(1, 8), default=1, show_default=True)
@click.option("--true-timing", is_flag=True, help="Let the chips take the time a real chip takes.")
@with_json
@pass_call
def serve(
    call: Call,
    *,
    batch: str | None,
    account: tuple[str, ...],
    feed: bool,
    pace: float,
    dialect: str,
    readers: int,
    true_timing: bool,
) -> None:
    """Start the readers and hold them until interrupted (Ctrl+C).

    Prints one JSON line when ready. Commands of the same data folder find the reader by themselves.
    """
    wanted = {"batch": batch or "", "accounts": list(account), "feed": feed, "readers": readers}
    wanted |= {"pace_s": pace, "dialect": dialect, "timed": true_timing}
    call.doors.rack(call.settings, wanted)


def _ask(call: Call, **request: object) -> None:
    answer = call.doors.rack_call(call.settings, request)
    words = [f"{name}: {value}" for name, value in answer.items()]
    call.output.answer(answer, words)


@rack.command("list")
@with_json
@pass_call
def list_cards(call: Call) -> None:
    """Show the cards of the rack and which one is in the reader."""
    _ask(call, do="list")


@rack.command()
@click.argument("account")
@with_json
@pass_call
def make(call: Call, account: str) -> None:
    """Make the virtual card of a household (ACCOUNT or card number)."""
    _ask(call, do="make", account=account)


@rack.command()
@click.argument("name")
@click.option("--chip", type=click.Choice(CHIPS), default=CHIPS[0], show_default=True)
@with_json
@pass_call
def blank(call: Call, name: str, chip: str) -> None:
    """Make a card that nobody has written yet, under a NAME of its own."""
    _ask(call, do="blank", name=name, chip=chip)


@rack.command()
@click.argument("card")
@click.option("--pull-after", type=int, help="Pull it after the K-th changed byte.")
@click.option("--pull-step", type=int, help="Cut at the K-th erase or program step.")
@click.option("--seed", type=int, default=0, show_default=True, help="What a torn byte becomes.")
@slot_option
@with_json
@pass_call
def insert(
    call: Call, *, card: str, pull_after: int | None, pull_step: int | None, seed: int, slot: int
) -> None:
    """Put a card into a reader."""
    torn = {"pull_after": pull_after, "pull_step": pull_step, "seed": seed}
    _ask(call, do="insert", card=card, slot=slot, **torn)


@rack.command()
@click.option("--apart", type=float, default=0, help="Seconds from hand to hand at the start.")
@with_json
@pass_call
def feed(call: Call, apart: float) -> None:
    """Feed the rack's cards one after another, hands before every reader."""
    _ask(call, do="feed", apart_s=apart)


@rack.command()
@slot_option
@with_json
@pass_call
def pull(call: Call, slot: int) -> None:
    """Take the card out of a reader."""
    _ask(call, do="pull", slot=slot)


@rack.command()
@click.argument("card")
@click.argument("name")
@with_json
@pass_call
def copy(call: Call, card: str, name: str) -> None:
    """Copy a card, as a thief would."""
    _ask(call, do="copy", card=card, name=name)


@rack.command("kill-service")
@with_json
@pass_call
def kill_service(call: Call) -> None:
    """Kill the rack's card service, as a crash would; the card stays in the reader."""
    _ask(call, do="kill-service")


@rack.command("restart-service")
@with_json
@pass_call
def restart_service(call: Call) -> None:
    """Start the rack's card service again."""
    _ask(call, do="restart-service")


@rack.command()
@with_json
@pass_call
def stop(call: Call) -> None:
    """End the serving rack."""
    _ask(call, do="stop")


@training.command()
@click.argument("card")
@click.option("--meter", "into", default="", help="Name of the meter; the card's own otherwise.")
@click.option("--school", type=click.Choice(["exact", "greater", "cumulative", "none"]))
@click.option("--residual", help="What is in the meter, m³ or yuan.")
@click.option("--limit", help="Hoard limit of the meter, m³ or yuan.")
@click.option("--use", help="Use gas first, m³; with --days: so much a day.")
@click.option("--days", type=click.IntRange(0, 3650), default=0, help="Let days pass first.")
@click.option("--tamper", type=click.Choice(["magnet", "metal_plate"]), help="Somebody tampers.")
@click.option("--new-battery", is_flag=True, help="Put fresh cells in.")
@click.option("--backwards", is_flag=True, help="Put the card in the wrong way round.")
@click.option("--tool", type=click.Choice(["check", "unlock", "clear"]), help="A fitter's card.")
@click.option("--tool-card", help="A fitter's card that a desk made: its name in the box.")
@click.option("--pull-step", type=int, help="Pull the card at the K-th step of the meter's write.")
@click.option("--flag", multiple=True, help="low_battery, magnet, valve_closed …")
@with_json
@pass_call
def meter(
    call: Call,
    /,
    *,
    card: str,
    into: str,
    school: str | None,
    residual: str | None,
    limit: str | None,
    use: str | None,
    pull_step: int | None,
    flag: tuple[str, ...],
    **happens: object,
) -> None:
    """Let the card's virtual meter take it (or a tool card), and say what the meter did."""
    request: dict[str, object] = {"card": card, "into": into, "school": school}
    request |= {"residual": residual}
    request |= {"limit": limit, "use": use, "pull_step": pull_step, "flags": list(flag)}
    request |= happens
    answer = call.doors.meter(call.settings, request)
    call.output.answer(answer, [f"{name}: {value}" for name, value in answer.items()])


@training.command(context_settings={"ignore_unknown_options": True})
@click.argument("shift", required=False)
@with_json
@pass_call
def clock(call: Call, shift: str | None) -> None:
    """Shift the wall clock of this data folder: +3d, -2h, 0 for the real time."""
    seconds: int | None = None
    if shift is not None:
        found = _SHIFT.fullmatch(shift)
        if found is None:
            raise Refusal("bad_shift", given=shift)
        sign, count, unit, _none = found.groups(default="")
        seconds = int(count or 0) * _SECONDS[unit or "s"] * (-1 if sign == "-" else 1)
    now = call.doors.clock(call.settings, seconds)
    call.output.answer({"now": now}, [now])
