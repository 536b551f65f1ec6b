"""`python -m tests.bench [name …]`: speed as ratios measured in one run; asserts nothing."""

from __future__ import annotations

import importlib
import os
import sys

import click

from tests.bench.row import table

BENCHES = (
    "board",
    "card_cycle",
    "central",
    "commit",
    "city_list",
    "feed",
    "lanes",
    "list_import",
    "outbox",
    "paper",
    "start",
    "window",
)


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(BENCHES))
def bench(names: tuple[str, ...]) -> None:
    """Measure everything, or only what is named, and print one table."""
    rows = []
    for name in names or BENCHES:
        click.echo(f"… {name}", err=True)
        rows += importlib.import_module(f"tests.bench.{name}").measure()
    cores, load = os.cpu_count(), os.getloadavg()[0]
    click.echo(f"{cores} cores, load {load:.1f}; best runs, cards: median\n")
    click.echo(table(rows))


if __name__ == "__main__":
    sys.exit(bench())
