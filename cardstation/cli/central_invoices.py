"""`cardstation-central invoices`: files for the invoice system, its answers, and how all stand."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cardstation.central.invoices import door
from cardstation.cli.central_orders import address_of, dsn_option, home_option, json_option
from cardstation.domain.money import Money
from cardstation.settings import load_settings

NOT_TAKEN = 5
MOST = 500

_by = click.option("--by", required=True, help="Who does it: a supervisor or treasurer.")
_day = click.DateTime(["%Y-%m-%d"])


@click.group("invoices")
def invoices() -> None:
    """Receipts and their invoices: no money ever has two."""


@invoices.command("ask")
@click.option("--from", "first", type=_day, required=True, help="First day of loads.")
@click.option("--to", "last", type=_day, required=True, help="Last one; it must be over.")
@click.option(
    "--seller",
    type=click.Path(path_type=Path),
    required=True,
    help="TOML: name, tax_no, goods_code, goods_name, rate_percent.",
)
@click.option("--form", type=click.Choice(door.FORMS), default="csv", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File to write.")
@_by
@home_option
@dsn_option
@json_option
def ask_command(
    *,
    first: datetime,
    last: datetime,
    seller: Path,
    form: str,
    out: Path,
    by: str,
    home: Path | None,
    dsn: str,
    as_json: bool,
) -> None:
    """Write a file of every receipt of these days without an invoice, and of red letters due.

    What is in it is asked for from then on, and in no later file; the file can be fetched again.
    """
    raw, told = door.ask(_books(home, dsn), first.date(), last.date(), seller, form, by=by)
    if raw:
        _write(out, raw, told["file"])
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
    elif not raw:
        print("every receipt of these days has its invoice, nothing was written")
    else:
        print(
            f"file {told['file']}: {told['invoice']} invoices over {Money(told['fen'])},"
            f" {told['red_letter']} red letters, {told['recall']} recalls"
        )
        if told["more"]:
            print("there are more: run it again for the next file")


@invoices.command("file")
@click.argument("number", type=int)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File to write.")
@home_option
@dsn_option
def file_command(*, number: int, out: Path, home: Path | None, dsn: str) -> None:
    """Write file NUMBER of requests or answers once more, byte for byte."""
    name, raw = door.kept(_books(home, dsn), number)
    _write(out, raw, number)
    print(f"{name}: {len(raw)} bytes")


@invoices.command("take")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_by
@home_option
@dsn_option
@json_option
def take_command(*, file: Path, by: str, home: Path | None, dsn: str, as_json: bool) -> None:
    """Take FILE of answers, CSV or XLSX; the same answers again change nothing.

    Ends with 5 when a row could not be taken; the others are.
    """
    told = door.take(_books(home, dsn), file, by=by)
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for one in told["bad"]:
            print(f"line {one['line']}: {one['code']}: {one['said']}")
        new = told["new"]
        print(
            f"file {told['file']}: {new['issued']} issued, {new['refused']} refused,"
            f" {new['red_letter']} reversed, {told['known']} known, {len(told['bad'])} not taken"
        )
    if told["bad"]:
        raise click.exceptions.Exit(NOT_TAKEN)


@invoices.command("title")
@click.argument("account")
@click.option("--title", required=True, help="Name the invoices are made out to.")
@click.option("--tax-no", default="", help="Its taxpayer number, where it has one.")
@_by
@home_option
@dsn_option
def title_command(
    *, account: str, title: str, tax_no: str, by: str, home: Path | None, dsn: str
) -> None:
    """Say who the invoices of ACCOUNT are made out to, from the next request on."""
    door.title(_books(home, dsn), account, title, tax_no, by=by)
    print(f"invoices of {account} are made out to {title}")


@invoices.command("paper")
@click.argument("receipt", metavar="RECEIPT")
@click.option("--code", default="", help="Code of the invoice, where it has one.")
@click.option("--no", required=True, help="Its number.")
@click.option("--day", type=_day, required=True, help="Its day.")
@_by
@home_option
@dsn_option
def paper_command(
    *, receipt: str, code: str, no: str, day: datetime, by: str, home: Path | None, dsn: str
) -> None:
    """Write down that RECEIPT was exchanged for an invoice on paper: it gets no other."""
    request = door.paper(_books(home, dsn), receipt, code, no, day.date(), by=by)
    print(f"{receipt} has its invoice on paper, request {request}")


@invoices.command("list")
@click.option("--account", default="", help="Of one household.")
@click.option("--state", type=click.Choice(door.STATES), help="Or in one state.")
@home_option
@dsn_option
@json_option
def list_command(
    *, account: str, state: str | None, home: Path | None, dsn: str, as_json: bool
) -> None:
    """List what needs somebody: red letters due, requests to recall, or never answered."""
    found = door.listed(_books(home, dsn), account=account, state=state or "", most=MOST)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for one in found["invoices"]:
        _show(one)
    for one in found["counts"]:
        print(f"{one['kind']} {one['state']}: {one['many']} over {Money(one['fen'])}")
    if not found["counts"]:
        print("no receipt has an invoice")


def _show(one: dict[str, Any]) -> None:
    known = f"{one['code']} {one['no']}".strip()
    said = (one["request"], one["account_no"], str(Money(one["fen"])))
    print("  ".join((*said, one["state"], known, one["reason"])).rstrip())


def _write(out: Path, raw: bytes, number: int) -> None:
    try:
        out.write_bytes(raw)
    except OSError as error:
        said = f"{error.strerror}; what it asks is on record: `invoices file {number}` writes it"
        raise click.FileError(str(out), said) from error


def _books(home: Path | None, dsn: str) -> door.Books:
    return load_settings(home).home, address_of(dsn)
