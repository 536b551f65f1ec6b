"""`./dev sim SEED`: one large world from its seed to its end; 0 only when the oracle held."""

from __future__ import annotations

import os
import shlex
import time

import click

from tests.sim.play import Report, play
from tests.sim.watch import Broken
from tests.sim.world import World, large

EVERY = 250


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("seed")
def simulate(seed: str) -> None:
    """Play the large world of SEED: at least 20 stations, 2 000 households, every kind of fault.

    SEED is any text; the same text is the same world.
    """
    seed = os.fsencode(seed).decode(errors="backslashreplace")
    size = large(seed)
    click.echo(f"seed {seed}: {size.stations} stations, {size.households} households", err=True)
    began = time.monotonic()

    def watch(world: World, step: int) -> None:
        if step % EVERY == 0:
            spent = time.monotonic() - began
            sales = world.counts["sales"] + world.counts["lines loaded"]
            click.echo(f"  step {step} of {size.steps}: {sales} loads, {spent:.0f} s", err=True)

    try:
        report = play(seed, size, watch)
    except Broken as broken:
        click.echo(str(broken))
        click.echo(f"\nagain: ./dev sim {shlex.quote(seed)}")
        raise SystemExit(1) from broken
    click.echo(table(report))
    click.echo(f"{size.stations} stations, {report.homes} of {size.households} households used")
    click.echo(f"the oracle held to the end; {time.monotonic() - began:.0f} s")


def table(report: Report) -> str:
    """Everything that was counted, one line each."""
    rows = {
        "steps": report.steps,
        "oracle looked": report.checks,
        **dict(sorted(report.counts.items())),
        **dict(sorted(report.named.items())),
    }
    wide = max(len(name) for name in rows)
    lines = [f"{name:<{wide}}  {count:>7}" for name, count in rows.items()]
    return "\n".join((*lines, f"digest {report.digest}"))


if __name__ == "__main__":
    simulate(prog_name="./dev sim")
