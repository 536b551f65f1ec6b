"""`cardstation orders`, `receipt`: paid orders that wait, who holds them, and papers again."""

from __future__ import annotations

from pathlib import Path

import click

from cardstation.cli.output import columns, told
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.domain.ledger import Order
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.i18n import Translator
from cardstation.sentences import word
from cardstation.services.lease_order import lease_order
from cardstation.services.orders_state import WaitingOrder, orders_state
from cardstation.services.release_order import release_order


@click.group()
def orders() -> None:
    """Gas that was paid online and waits to be loaded."""


@orders.command("list")
@click.option(
    "--days", type=click.IntRange(0, 365), help="Warn after so many days; default: the settings."
)
@with_json
@pass_call
def list_orders(call: Call, days: int | None) -> None:
    """List every order that waits, the oldest first."""
    warn_days = call.settings.order_warn_days if days is None else days
    with call.doors.station(call.settings, False) as station:
        found = orders_state(station, warn_days)
    rows = [
        (
            "!" if one.warns else " ",
            one.order.order_id,
            one.order.account_no,
            str(_gas(one.order)),
            "?" if one.days is None else call.words.plural("{n} day", "{n} days", one.days),
            _who_may(one, call.words),
        )
        for one in found
    ]
    answer = {"warn_days": warn_days, "orders": [_line(one) for one in found]}
    call.output.answer(answer, columns(rows) or [call.words("No paid order waits.")])


@orders.command()
@click.argument("order")
@with_json
@pass_call
def lease(call: Call, order: str) -> None:
    """Hold ORDER for this station, so that it can be loaded without a network."""
    with call.doors.station(call.settings, True) as station:
        held = lease_order(station, order)
    call.output.answer(_of(held), told(_of(held)))


@orders.command()
@click.argument("order")
@with_json
@pass_call
def release(call: Call, order: str) -> None:
    """Give ORDER back, so that any desk may load it."""
    with call.doors.station(call.settings, True) as station:
        freed = release_order(station, order)
    call.output.answer(_of(freed), told(_of(freed)))


@click.command()
@click.argument("number")
@click.option("--reason", default="", help="Why it is printed again; stands on the paper.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the papers.")
@with_json
@pass_call
def receipt(call: Call, number: str, reason: str, out: Path | None) -> None:
    """File the receipt or slip NUMBER, on A5 and 80 mm; the second time it says reprint."""
    with call.doors.station(call.settings, True) as station:
        papers = call.doors.receipt(station, number, call.settings, out, reason)
    call.output.answer({"papers": papers}, [str(path) for path in papers])


def _gas(order: Order) -> Volume | Money:
    return Volume(order.litres) if order.litres else Money(order.fen)


def _of(order: Order) -> dict[str, object]:
    return {
        "order_id": order.order_id,
        "account_no": order.account_no,
        "fen": order.fen,
        "volume_m3": Volume(order.litres) if order.litres else None,
        "expected_counter": order.expected_counter,
        "paid_at": order.paid_at,
        "leased_to": order.leased_to,
        "leased_until": order.leased_until,
    }


def _line(one: WaitingOrder) -> dict[str, object]:
    return {
        **_of(one.order),
        "days": one.days,
        "warns": one.warns,
        "holder": one.holder,
        "on_file": one.on_file,
        "passed": one.passed,
    }


def _who_may(one: WaitingOrder, t: Translator) -> str:
    if not one.on_file:
        return t("household not on file here")
    return t("nobody: sold past") if one.passed else word(f"holder.{one.holder.value}", t)
