"""`./dev soak [part …]`: the long proofs in full, one after another.

A part is a function that proves one thing for as long as it takes and returns its figures; it
raises when something is broken. To add one, write `tests/soak/NAME.py` and name it in PARTS.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable

import click
import pytest

import tests.conftest  # the environment of every test: no machine's card service, no keyring
from cardstation.errors import CardStationError
from tests.soak import (
    bits,
    chaos,
    hostile,
    images,
    interleave,
    kills,
    lanes,
    ledger,
    load,
    meters,
    noise,
    pcsc,
    power,
    sim,
    sweep,
    tears,
    works,
)
from tests.soak.figures import Figures

PARTS: tuple[tuple[str, Callable[[], Figures]], ...] = (
    ("bits", bits.soak),
    ("chaos", chaos.soak),
    ("hostile", hostile.soak),
    ("images", images.soak),
    ("interleave", interleave.soak),
    ("kills", kills.soak),
    ("lanes", lanes.soak),
    ("ledger", ledger.soak),
    ("load", load.soak),
    ("meters", meters.soak),
    ("noise", noise.soak),
    ("pcsc", pcsc.soak),
    ("power", power.soak),
    ("sim", sim.soak),
    ("sweep", sweep.soak),
    ("pairs", sweep.pairs),
    ("tears", tears.soak),
    ("town", meters.town),
    ("works", works.soak),
)
BROKEN = (AssertionError, CardStationError, pytest.fail.Exception, pytest.skip.Exception)
"""A skipped proof proves nothing: here it counts as broken."""


def prove(name: str, part: Callable[[], Figures]) -> bool:
    """Run one part and print its figures; False when it broke."""
    click.echo(f"… {name}", err=True)
    began, figures, broken = time.monotonic(), dict[str, int](), 0
    try:
        figures = dict(part())
    except BROKEN:
        traceback.print_exc()
        broken = 1
    told = [f"{what} {count}" for what, count in figures.items()]
    told.append(f"{time.monotonic() - began:.0f} s")
    click.echo(f"{name}: broken {broken}; {'; '.join(told)}")
    return not broken


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([name for name, _ in PARTS]))
def soak(names: tuple[str, ...]) -> None:
    """Prove everything, or only what is named."""
    chosen = [prove(name, part) for name, part in PARTS if not names or name in names]
    if not all(chosen):
        sys.exit(1)


if __name__ == "__main__":
    assert tests.conftest.PRIVATE
    soak(prog_name="./dev soak")
