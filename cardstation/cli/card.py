"""`cardstation readers`, `card read`, `quote`, `top-up`: one card at the counter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from cardstation.cli.doors import Readers
from cardstation.cli.output import columns, told
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.topup import Step, TopUpRequest
from cardstation.domain.volume import Volume
from cardstation.errors import Mishap, Refusal
from cardstation.ports.reader import Presence, Reader
from cardstation.sentences import word
from cardstation.services.identify import insert_card
from cardstation.services.load_prepaid import load_prepaid as load_order
from cardstation.services.quote import quote as price
from cardstation.services.read_card import read_card
from cardstation.services.resolve import resolve_card
from cardstation.services.top_up import top_up as top_up_card

LOOK_S = 0.3
MOST = Money(10**13)

reader_option = click.option("--reader", default="", help="Part of the reader's name.")
wait_option = click.option(
    "--wait", "wait_s", type=float, default=10.0, show_default=True, help="Seconds to wait."
)


@click.command()
@with_json
@pass_call
def readers(call: Call) -> None:
    """List the card readers and what lies in them."""
    with call.doors.readers(call.settings) as room:
        found = [(reader.name, reader.wait_card(LOOK_S)) for reader in room.readers()]
    answer = [
        {"reader": name, "card": seen is not None, "atr": seen.atr if seen else b""}
        for name, seen in found
    ]
    rows = [(name, call.words("card in it" if seen else "empty")) for name, seen in found]
    call.output.answer({"readers": answer}, columns(rows) or [call.words("No reader found.")])


@click.group()
def card() -> None:
    """The card in the reader."""


def reader_of(room: Readers, wanted: str) -> Reader:
    """The reader whose name contains `wanted`; a reader with a card in it goes first.

    Raises:
        Mishap: `no_reader`.
    """
    found = readers_of(room, wanted)
    with_card = [reader for reader in found if len(found) > 1 and reader.wait_card(LOOK_S)]
    return (*with_card, *found)[0]


def readers_of(room: Readers, wanted: str) -> tuple[Reader, ...]:
    """Every reader whose name contains `wanted`.

    Raises:
        Mishap: `no_reader`.
    """
    found = tuple(one for one in room.readers() if wanted.lower() in one.name.lower())
    if not found:
        raise Mishap("no_reader", reader=wanted)
    return found


@contextmanager
def card_on_reader(call: Call, reader: str, wait_s: float) -> Iterator[tuple[Reader, Presence]]:
    """Wait for a card on the wanted reader.

    Raises:
        Mishap: `no_reader`, `no_card`.
    """
    with call.doors.readers(call.settings) as room:
        chosen = reader_of(room, reader)
        seen = chosen.wait_card(wait_s)
        if seen is None:
            raise Mishap("no_card", reader=chosen.name)
        yield chosen, seen


@card.command()
@reader_option
@wait_option
@with_json
@pass_call
def read(call: Call, reader: str, wait_s: float) -> None:
    """Read everything on the card: identity, credit, limits, what the meter wrote back."""
    with (
        call.doors.station(call.settings, False) as station,
        card_on_reader(call, reader, wait_s) as (chosen, seen),
    ):
        inserted = insert_card(station, chosen, seen)
        try:
            facts = read_card(station, inserted)
        finally:
            inserted.close()
    content = facts.content
    answer = {
        "identity": content.identity,
        "credit": content.credit,
        "pending": content.pending,
        "limits": content.limits,
        "price": content.price,
        "return": content.returned,
        "intent": facts.intent,
        "warnings": facts.warnings,
        "traps": facts.rules.traps,
        "stop": facts.stop.code if facts.stop else "",
    }
    said = {**answer, "traps": [call.words(trap) for trap in facts.rules.traps]}
    call.output.answer(answer, told(said))


@click.command()
@click.argument("account")
@click.option("--money", "yuan", help="Amount in yuan.")
@click.option("--volume", "m3", help="Volume in m³.")
@with_json
@pass_call
def quote(call: Call, account: str, yuan: str | None, m3: str | None) -> None:
    """Say what gas costs for a household (ACCOUNT), and why."""
    money, volume = wanted(yuan, m3)
    with call.doors.station(call.settings, False) as station:
        with station.store.reading() as reading:
            household = reading.households.get(account)
        if household is None:
            raise Refusal("unknown_household", account_no=account)
        found = price(station, household, money=money, volume=volume)
    rows = [
        (str(line.tier), str(line.volume), f"{line.price_e4 / 10_000:.4f}", str(line.amount))
        for line in found.lines
    ]
    total = [str(found.volume or ""), str(found.total), str(found.remainder)]
    call.output.answer(found, [*columns(rows), "  ".join(total)])


@click.command("top-up")
@click.option("--money", "yuan", help="Amount in yuan.")
@click.option("--volume", "m3", help="Volume in m³.")
@click.option(
    "--tender",
    type=click.Choice(["cash", "bank_transfer", "qr_code", "balance"]),
    default="cash",
    show_default=True,
)
@click.option("--reference", default="", help="The bank's or QR service's number.")
@reader_option
@wait_option
@with_json
@pass_call
def top_up(
    call: Call,
    *,
    yuan: str | None,
    m3: str | None,
    tender: str,
    reference: str,
    reader: str,
    wait_s: float,
) -> None:
    """Sell to the card in the reader: money taken, card written, read back, receipt made."""
    request = TopUpRequest(*wanted(yuan, m3), Tender(tender), reference)

    def watch(step: Step) -> None:
        call.output.progress(word(f"step.{step.value}", call.words))

    with (
        call.doors.station(call.settings, True) as station,
        card_on_reader(call, reader, wait_s) as (chosen, seen),
    ):
        inserted = insert_card(station, chosen, seen)
        try:
            earlier = resolve_card(station, inserted, watch).receipt
            if earlier is not None:
                call.output.progress(
                    call.words(
                        "{receipt}: an earlier load of this card is finished now",
                        receipt=earlier.receipt_no,
                    )
                )
            receipt = top_up_card(station, inserted, request, watch)
        finally:
            inserted.close()
    call.output.answer(receipt, [f"{receipt.receipt_no}  {receipt.volume or ''}  {receipt.paid}"])


@card.command("load-prepaid")
@click.argument("order", required=False)
@reader_option
@wait_option
@with_json
@pass_call
def load_prepaid(call: Call, order: str | None, reader: str, wait_s: float) -> None:
    """Load gas that was paid online (ORDER, or the oldest that fits) onto the card; no money."""

    def watch(step: Step) -> None:
        call.output.progress(word(f"step.{step.value}", call.words))

    with (
        call.doors.station(call.settings, True) as station,
        card_on_reader(call, reader, wait_s) as (chosen, seen),
    ):
        inserted = insert_card(station, chosen, seen)
        try:
            slip = load_order(station, inserted, order, watch)
        finally:
            inserted.close()
    call.output.answer(slip, [f"{slip.receipt_no}  {slip.volume or slip.gas}  {slip.order_id}"])


def wanted(yuan: str | None, m3: str | None) -> tuple[Money | None, Volume | None]:
    """An amount or a volume, as typed; exactly one of them."""
    if (yuan is None) == (m3 is None):
        raise click.UsageError("--money or --volume")
    money = None if yuan is None else money_of("--money", yuan)
    return money, None if m3 is None else volume_of(m3)


def money_of(option: str, yuan: str) -> Money:
    """An amount typed on the command line.

    Raises:
        click.BadParameter: no amount, or more than `MOST`.
    """
    try:
        money = Money.of_yuan(yuan)
    except ValueError as error:
        raise click.BadParameter(yuan, param_hint=option) from error
    if money > MOST:
        raise click.BadParameter(yuan, param_hint=option)
    return money


def volume_of(m3: str) -> Volume:
    """A volume typed on the command line.

    Raises:
        click.BadParameter: no volume.
    """
    try:
        return Volume.of_m3(m3)
    except ValueError as error:
        raise click.BadParameter(m3, param_hint="--volume") from error
