"""`cardstation-central orders`: paid orders that wait, and what two people change about one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from cardstation.central.serve import open_books
from cardstation.cli.central_two import prove_two
from cardstation.domain.ledger import Order
from cardstation.domain.money import Money
from cardstation.domain.order_change import NewBinding, OrderChange
from cardstation.domain.volume import Volume
from cardstation.settings import load_settings

DSN_VARIABLE = "CARDSTATION_CENTRAL_DSN"

home_option = click.option(
    "--home", type=click.Path(path_type=Path), help="Data folder (CARDSTATION_HOME)."
)
dsn_option = click.option(
    "--dsn",
    default="",
    help=f"postgresql+psycopg://… of a PostgreSQL you run (or {DSN_VARIABLE}, unseen by ps).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
_CHANGE = (
    click.option("--reason", required=True, help="Why, in words; it stays in the books."),
    click.option("--by", "ordered_by", required=True, help="Who orders it."),
    click.option("--approved-by", required=True, help="Who else agrees; not the same person."),
    click.option("--found", default="", help="What card and meter show, if its desk lost records."),
)


def _change_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_CHANGE):
        command = option(command)
    return command


def address_of(dsn: str) -> str:
    """The database as said, or as the environment says; empty for the embedded one."""
    return dsn or os.environ.get(DSN_VARIABLE, "")


@click.group("orders")
def orders() -> None:
    """Gas that was paid online and waits to be loaded, over the whole utility."""


@orders.command("list")
@click.option("--days", default=0, show_default=True, help="Only those that wait so long.")
@home_option
@dsn_option
@json_option
def list_orders(*, days: int, home: Path | None, dsn: str, as_json: bool) -> None:
    """List every order that was not loaded yet, the oldest first; none ever expires."""
    from cardstation.central.order_changes import waiting_orders

    with open_books(load_settings(home).home, address_of(dsn)) as engine:
        found = waiting_orders(engine, days)
    lines = [{**_order(one.order), "days": one.days, "claimed_by": one.claimed_by} for one in found]
    if as_json:
        print(json.dumps({"orders": lines}, ensure_ascii=False, indent=2))
        return
    for one in found:
        order, held = one.order, one.claimed_by or one.order.leased_to
        gas = str(Volume(order.litres)) if order.litres else ""
        said = (order.order_id, order.account_no, str(Money(order.fen)), gas)
        print("  ".join((*said, f"{one.days} d", held)).rstrip())
    if not found:
        print("no paid order waits")


@orders.command("withdraw")
@click.argument("order_id", metavar="ORDER")
@_change_options
@home_option
@dsn_option
def withdraw(
    *,
    order_id: str,
    reason: str,
    ordered_by: str,
    approved_by: str,
    found: str,
    home: Path | None,
    dsn: str,
) -> None:
    """Take ORDER back: its payment went back at the bank, and no desk loads it any more."""
    from cardstation.central.order_changes import withdraw_order

    change = OrderChange(order_id, reason, ordered_by, approved_by, found)
    with open_books(*_proven(change, home, dsn)) as engine:
        gone = withdraw_order(engine, change)
    print(f"{gone.order_id} is withdrawn: {Money(gone.fen)} of account {gone.account_no}")


@orders.command("bind")
@click.argument("order_id", metavar="ORDER")
@click.option("--account", required=True, help="The household it belongs to.")
@click.option(
    "--counter",
    type=click.IntRange(0),
    required=True,
    help="Purchase counter its card shows before the load.",
)
@_change_options
@home_option
@dsn_option
def bind(
    *,
    order_id: str,
    account: str,
    counter: int,
    reason: str,
    ordered_by: str,
    approved_by: str,
    found: str,
    home: Path | None,
    dsn: str,
) -> None:
    """Bind ORDER to another household or counter; it gets a number of its own."""
    from cardstation.central.order_changes import bind_order

    change = OrderChange(order_id, reason, ordered_by, approved_by, found)
    with open_books(*_proven(change, home, dsn)) as engine:
        new = bind_order(engine, change, NewBinding(account, counter))
    print(f"{order_id} waits as {new.order_id} for account {account} at counter {counter}")


def _proven(change: OrderChange, home: Path | None, dsn: str) -> tuple[Path, str]:
    """Where the books are, once both people typed their passwords."""
    folder, address = load_settings(home).home, address_of(dsn)
    prove_two(folder, address, change.ordered_by, change.approved_by)
    return folder, address


def _order(order: Order) -> dict[str, object]:
    found = asdict(order)
    for name in ("paid_at", "leased_until"):
        found[name] = found[name] and found[name].isoformat()
    return found
