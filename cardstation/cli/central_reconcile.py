"""`cardstation-central reconcile` and `take-file`: the nightly run, and files from a script."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cardstation.central.reconcile.door import reconcile_day, take_and_accept
from cardstation.cli.central_orders import address_of, dsn_option, home_option, json_option
from cardstation.cli.central_two import prove_two
from cardstation.domain.money import Money
from cardstation.settings import load_settings

DISAGREES = 5


@click.command("reconcile")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Default: yesterday.")
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A station's own copy of the centre's word, JSON, to be looked up as well.",
)
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path),
    help="The centre's signing key (default: in the data folder).",
)
@home_option
@dsn_option
@json_option
def reconcile_command(
    *,
    day: datetime | None,
    checkpoint: Path | None,
    key_file: Path | None,
    home: Path | None,
    dsn: str,
    as_json: bool,
) -> None:
    """Prove the books, match what came, seal the day per station, say how much is explained.

    Exits with 5 and seals nothing when anything disagrees. Works while the service runs.
    """
    schools = click.get_current_context().obj or {}
    ok, report = reconcile_day(
        load_settings(home).home,
        address_of(dsn),
        key_file,
        None if day is None else day.date(),
        schools,
        None if checkpoint is None else checkpoint.read_bytes(),
    )
    if as_json:
        print(json.dumps({"ok": ok, **report}, ensure_ascii=False, indent=2))
    else:
        _show(report)
    if not ok:
        raise click.exceptions.Exit(DISAGREES)


def _show(report: dict[str, Any]) -> None:
    for line in (*report["wrong"], *report["checkpoint"]):
        print(line)
    if report["wrong"]:
        print(f"{report['day']}: the books disagree, nothing was sealed")
    proved = report["proved"]
    since = f", each since {day}" if (day := proved["all_whole_since"]) else ""
    print(
        f"proved: {proved['entries']} entries; from the first one on"
        f" {proved['whole']} of {proved['chains']} chains{since}"
    )
    for one in report["seals"]:
        late = f", {one['late']} of them late for a sealed day" if one["late"] else ""
        silent = "" if one["heard"] else ", not heard since"
        place = f"{one['from_seq']}-{one['to_seq']}" if one["entries"] else "nothing"
        print(f"{report['day']} {one['station']}: {place} sealed{late}{silent}")
    if not report["seals"] and not report["wrong"]:
        print(f"{report['day']}: no station was there yet, nothing to seal")
    if report["root"]:
        print(f"seal of the day: {report['root']}")
    print(f"corrections after the seal: {report['corrections']}")
    for one in report["counters"]:
        print(
            f"counters {one['maker']} ({one['school']}): {one['purses']} cards,"
            f" {one['loads']} loads, {one['holes']} holes, {one['explained']} explained,"
            f" {one['jumps']} jumps"
        )
    suspense, cash = report["suspense"], report["cash"]
    print(f"suspense: {suspense['open']} of {suspense['items']} items open")
    print(
        f"cash: {cash['shifts']} shifts, over {Money(cash['over_fen'])},"
        f" short {Money(cash['short_fen'])}, {cash['disagree']} desks add up otherwise"
    )
    print(f"audit list: {sum(one['items'] for one in report['audit'].values())} items")
    for name in ("explained_before", "explained"):
        said = report[name]
        so_far = "" if said["final"] else " so far"
        print(f"explained within 24 h, {said['day']}: {said['percent']:.2f} %{so_far}")


@click.command("take-file")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--channel", default="", help="Name of the channel whose file it is.")
@click.option("--account", default="", help="Or the account at the bank whose statement it is.")
@click.option("--by", required=True, help="Who brings it: a supervisor or treasurer.")
@click.option("--approved-by", required=True, help="Who accepts it: a treasurer, somebody else.")
@home_option
@dsn_option
@json_option
def take_file_command(
    *,
    file: Path,
    channel: str,
    account: str,
    by: str,
    approved_by: str,
    home: Path | None,
    dsn: str,
    as_json: bool,
) -> None:
    """Take FILE of a channel or a bank, CSV or XLSX; the same file again changes nothing."""
    if bool(channel) == bool(account):
        raise click.UsageError("say --channel or --account")
    folder, address = load_settings(home).home, address_of(dsn)
    prove_two(folder, address, by, approved_by)
    found = take_and_accept(
        *(folder, address, "channel" if channel else "bank"),
        *(channel or account, file),
        by=by,
        approved_by=approved_by,
    )
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    if found["new_source"]:
        print(f"first file of {found['new_source']}: a new name")
    for one in found["bad"]:
        print(f"line {one['line']}: {one['code']}: {one['said']}")
    print(
        f"file {found['file']}: {found['rows']} rows, {found['known']} known,"
        f" {len(found['bad'])} not taken"
    )
    print(
        f"explained: {found['gaps']} items, {found['orders']} orders,"
        f" {found['transfers']} transfers"
    )
