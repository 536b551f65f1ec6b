"""`cardstation-central recount`: every stored sum added up anew, and put right by two people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardstation.central.serve import open_books
from cardstation.cli.central_orders import address_of, dsn_option, home_option, json_option
from cardstation.cli.central_two import prove_two
from cardstation.settings import load_settings

if TYPE_CHECKING:
    from cardstation.central.recounting import Recount

DISAGREES = 5


@click.command("recount")
@click.option("--repair", "repairs", is_flag=True, help="Put right what differs; two people.")
@click.option("--reason", default="", help="With --repair: why, in words; it stays on record.")
@click.option("--by", default="", help="With --repair: who orders it.")
@click.option("--approved-by", default="", help="With --repair: who else agrees.")
@home_option
@dsn_option
@json_option
def recount_command(
    *,
    repairs: bool,
    reason: str,
    by: str,
    approved_by: str,
    home: Path | None,
    dsn: str,
    as_json: bool,
) -> None:
    """Add up from the postings what is stored: accounts, households, stations, days.

    Ends with 5 when a sum differs and was not put right. Works while the service runs.
    """
    from cardstation.central import recounting

    if repairs != all((reason, by, approved_by)):
        raise click.UsageError("--repair needs --reason, --by and --approved-by, and they need it")
    folder, address = load_settings(home).home, address_of(dsn)
    if repairs:
        prove_two(folder, address, by, approved_by)
    with open_books(folder, address, connections=2) as engine:
        if repairs:
            found = recounting.repair(engine, recounting.Repair(by, approved_by, reason))
        else:
            found = recounting.recount(engine)
    if as_json:
        print(json.dumps(_told(found, repairs), ensure_ascii=False, indent=2))
    else:
        _show(found, repairs)
    if found.differences and not repairs:
        raise click.exceptions.Exit(DISAGREES)


def _told(found: Recount, repairs: bool) -> dict[str, object]:
    return {
        "ok": repairs or not found.differences,
        "sums": dict(found.sums),
        "put_right": len(found.differences) if repairs else 0,
        "differences": [
            {
                "what": one.what,
                "key": list(map(str, one.key)),
                "posted_fen": one.posted_fen,
                "stored_fen": one.stored_fen,
            }
            for one in found.differences
        ],
    }


def _show(found: Recount, repairs: bool) -> None:
    for one in found.differences:
        print(one)
    counts = ", ".join(f"{count} {what}s" for what, count in found.sums.items())
    if not found.differences:
        print(f"every stored sum is that of its postings: {counts}")
    else:
        done = "differed and are put right" if repairs else "differ"
        print(f"{len(found.differences)} of {counts} {done}")
