"""`cardstation layout`: helps an engineer to write a card layout from a maker's paper."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from cardstation.cli.doors import Check
from cardstation.cli.output import columns
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.station import Station

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
approver_option = click.option(
    "--approver", help="The supervisor who agrees; a training desk without clerks has none."
)


@click.group()
def layout() -> None:
    """Card layouts: prove a sheet, sell to its cards, or find out about one nobody described."""


@layout.command()
@click.argument("sheet", type=FILE)
@with_json
@pass_call
def check(call: Call, sheet: Path) -> None:
    """Prove a layout SHEET on its own examples: read, written again, bought on, torn."""
    _tell(call, sheet, call.doors.check_layout(call.settings, sheet))


@layout.command()
@click.argument("sheet", type=FILE)
@approver_option
@with_json
@pass_call
def register(call: Call, sheet: Path, approver: str | None) -> None:
    """Prove a layout SHEET and sell to its cards from the next start on; the sheet is kept.

    One of the same code before it is replaced.
    """
    agree = partial(_agreed, call, approver)
    _tell(call, sheet, call.doors.register_layout(call.settings, sheet, agree))


def _agreed(call: Call, approver: str | None, station: Station) -> Approval | None:
    return None if approver is None else approved(call, station, approver)


def _tell(call: Call, sheet: Path, found: Sequence[Check]) -> None:
    rows = [("✓" if one.ok else "!", one.name, one.found) for one in found]
    proven = all(one.ok for one in found)
    call.output.answer({"ok": proven, "checks": found}, columns(rows))
    if not proven:
        raise Refusal("layout_not_proven", file=sheet.name)


@layout.command("list")
@with_json
@pass_call
def list_all(call: Call) -> None:
    """Every layout whose cards are sold to: chip, makers, a sheet's digest, what to know."""
    found = call.doors.list_layouts(call.settings)
    rows = [(one.code, one.chip, " ".join(one.makers), one.sha256) for one in found]
    traps = [f"{one.code}: {call.words(trap)}" for one in found for trap in one.traps]
    call.output.answer({"layouts": found}, [*columns(rows), *traps])


@layout.command()
@click.argument("code")
@approver_option
@with_json
@pass_call
def remove(call: Call, code: str, approver: str | None) -> None:
    """Take the registered sheet CODE out again; its cards are strangers from the next start on."""
    call.doors.remove_layout(call.settings, code, partial(_agreed, call, approver))
    call.output.answer({"layout": code}, [code])


@layout.command()
@click.argument("cards", type=FILE, nargs=-1, required=True)
@click.option(
    "--bought", multiple=True, metavar="M3", help="Bought before each card but the first."
)
@with_json
@pass_call
def learn(call: Call, cards: tuple[Path, ...], bought: tuple[str, ...]) -> None:
    """Compare images of one card, read before and after known purchases, in that order.

    CARDS are files: raw bytes, a hex dump, or a card of the training box.
    """
    clues = call.doors.learn_layout(cards, bought)
    rows = [(one.address, " → ".join(one.seen), one.guess) for one in clues]
    call.output.answer({"clues": clues}, columns(rows))
