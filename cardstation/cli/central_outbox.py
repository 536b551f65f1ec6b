"""`cardstation-central outbox`: every fact in an order from which no reader skips one."""

from __future__ import annotations

import json
from pathlib import Path

import click

from cardstation.central.serve import open_books
from cardstation.cli.central_orders import address_of, dsn_option, home_option, json_option
from cardstation.settings import load_settings

DISAGREES = 5


@click.group("outbox")
def outbox() -> None:
    """What was posted, for the utility's other systems."""


@outbox.command("read")
@click.option("--after", default="0", show_default=True, help="`next` of the answer before.")
@click.option("--most", type=click.IntRange(1, 10_000), default=1_000, show_default=True)
@home_option
@dsn_option
@json_option
def read_command(*, after: str, most: int, home: Path | None, dsn: str, as_json: bool) -> None:
    """Show the facts that follow; `next` is where to go on, once they are kept."""
    from cardstation.central.engine import transaction
    from cardstation.central.outbox import read_outbox

    with open_books(_folder(home), address_of(dsn)) as engine, transaction(engine) as connection:
        page = read_outbox(connection, after, most=most)
    if as_json:
        print(json.dumps(page.told(), ensure_ascii=False))
        return
    for one in page.rows:
        print(f"{one.posted_at:%Y-%m-%d %H:%M:%S}  {one.station} {one.seq}  {one.kind}  {one.fen}")
    print(f"next: {page.next}")


@outbox.command("check")
@home_option
@dsn_option
@json_option
def check_command(*, home: Path | None, dsn: str, as_json: bool) -> None:
    """Hold the outbox against the journal; ends with 5 when it lacks anything."""
    from cardstation.central.engine import transaction
    from cardstation.central.outbox import outbox_disagreements

    with (
        open_books(_folder(home), address_of(dsn)) as engine,
        transaction(engine, deadline_s=3_600) as connection,
    ):
        wrong = outbox_disagreements(connection)
    if as_json:
        print(json.dumps({"ok": not wrong, "disagreements": wrong}, indent=2))
    else:
        for line in wrong or ("every fact of the journal is in the outbox once",):
            print(line)
    if wrong:
        raise click.exceptions.Exit(DISAGREES)


def _folder(home: Path | None) -> Path:
    return load_settings(home).home
