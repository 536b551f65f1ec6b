"""`cardstation account close-quote|close-begin|close|…`: an account ends, and is paid out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from cardstation.cli.card import card_on_reader, money_of, reader_option, volume_of, wait_option
from cardstation.cli.output import columns, plain
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.domain.closing import FinalReading, Settlement
from cardstation.domain.meter import MeterKind
from cardstation.domain.payment import Tender
from cardstation.services.account_state import account_state
from cardstation.services.begin_closing import begin_closing
from cardstation.services.close_account import Leaving, close_account
from cardstation.services.closing_paper import closing_paper
from cardstation.services.identify import Inserted, insert_card
from cardstation.services.quote_closing import quote_closing
from cardstation.services.station import Station
from cardstation.services.withdraw_closing import withdraw_closing

TENDERS = (Tender.CASH, Tender.BANK_TRANSFER, Tender.QR_CODE)
_approver = click.option(
    "--approver", required=True, help="Who else agrees: a supervisor of this station."
)


def with_reading(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a fitter's last reading."""
    for option in (
        click.option("--document", required=True, help="Number of the paper or photo."),
        click.option("--fitter", required=True, help="Who read the meter."),
        click.option(
            "--residual", required=True, help="What the meter holds: m³, of a money meter yuan."
        ),
    ):
        command = option(command)
    return command


@click.command("close-quote")
@click.argument("account_no", metavar="ACCOUNT")
@with_reading
@with_json
@pass_call
def close_quote(call: Call, account_no: str, residual: str, fitter: str, document: str) -> None:
    """Say what a household gets back when its account is closed, line by line."""
    with call.doors.station(call.settings, False) as station:
        final = _final(station, account_no, residual, fitter, document)
        found = quote_closing(station, account_no, final)
    call.output.answer(_value(found), _rows(call, found))


@click.command("close-begin")
@click.argument("account_no", metavar="ACCOUNT")
@with_reading
@click.option("--card-lost", is_flag=True, help="The card is gone; else it is in the reader.")
@reader_option
@wait_option
@with_json
@pass_call
def close_begin(
    call: Call,
    *,
    account_no: str,
    residual: str,
    fitter: str,
    document: str,
    card_lost: bool,
    reader: str,
    wait_s: float,
) -> None:
    """Make sure that an account may be closed; then hand over what this says, and `close`."""
    with call.doors.station(call.settings, True) as station:
        final = _final(station, account_no, residual, fitter, document)
        with _card(call, station, reader, wait_s, lost=card_lost) as card:
            doubtful = begin_closing(station, account_no, final, card)
        found = quote_closing(station, account_no, final)
    call.output.answer({**_value(found), "doubtful": doubtful}, _rows(call, found))


@click.command()
@click.argument("account_no", metavar="ACCOUNT")
@with_reading
@click.option("--handed", required=True, help="Yuan handed over: the sum of close-begin.")
@click.option("--card-lost", default="", help="What became of the card; else it is in the reader.")
@click.option(
    "--tender", type=click.Choice([one.value for one in TENDERS]), default="cash", show_default=True
)
@click.option("--reference", default="", help="Number of the transfer.")
@click.option(
    "--found", default="", help="Where it may be paid already: what the slip and the till say."
)
@click.option("--why", required=True, help="In words: who asked for it, on what paper.")
@_approver
@reader_option
@wait_option
@with_json
@pass_call
def close(
    call: Call,
    *,
    account_no: str,
    residual: str,
    fitter: str,
    document: str,
    handed: str,
    card_lost: str,
    tender: str,
    reference: str,
    found: str,
    why: str,
    approver: str,
    reader: str,
    wait_s: float,
) -> None:
    """Close an account for good, once its money was handed over. The settlement is filed."""
    with call.doors.station(call.settings, True) as station:
        said = Leaving(
            final=_final(station, account_no, residual, fitter, document),
            why=why,
            handed=money_of("--handed", handed),
            card_lost=card_lost,
            tender=Tender(tender),
            reference=reference,
            found=found,
        )
        by = approved(call, station, approver)
        with _card(call, station, reader, wait_s, lost=bool(card_lost)) as card:
            made = close_account(station, account_no, by, said, card)
        paper = call.doors.closing_slip(closing_paper(station, account_no), call.settings, False)
    value = {**_value(made.settlement), "change_id": made.change.change_id, "paper": paper}
    call.output.answer(value, [*_rows(call, made.settlement), str(paper)])


@click.command("close-off")
@click.argument("account_no", metavar="ACCOUNT")
@_approver
@with_json
@pass_call
def close_off(call: Call, account_no: str, approver: str) -> None:
    """Two people looked: of a closing that was begun nothing was handed over."""
    with call.doors.station(call.settings, True) as station:
        withdraw_closing(station, account_no, approved(call, station, approver))
    call.output.answer({"account": account_no}, [account_no])


@click.command()
@click.argument("account_no", metavar="ACCOUNT")
@with_json
@pass_call
def settlement(call: Call, account_no: str) -> None:
    """File the settlement of a closed account again; it says so."""
    with call.doors.station(call.settings, False) as station:
        paper = call.doors.closing_slip(closing_paper(station, account_no), call.settings, True)
    call.output.answer({"paper": paper}, [str(paper)])


def _final(
    station: Station, account_no: str, residual: str, fitter: str, document: str
) -> FinalReading:
    """The reading in the meter's own unit."""
    kind = account_state(station, account_no).household.meter.kind
    money = kind is MeterKind.MONEY
    held = money_of("--residual", residual) if money else volume_of(residual)
    return FinalReading(held, fitter, document)


@contextmanager
def _card(
    call: Call, station: Station, reader: str, wait_s: float, *, lost: bool
) -> Iterator[Inserted | None]:
    if lost:
        yield None
        return
    with card_on_reader(call, reader, wait_s) as (chosen, seen):
        card = insert_card(station, chosen, seen)
        try:
            yield card
        finally:
            card.close()


def _value(found: Settlement) -> dict[str, object]:
    told = plain(found)
    sums = {"gas": found.gas, "total": found.total, "volume": found.volume}
    return {**(told if isinstance(told, dict) else {}), **sums}


def _rows(call: Call, found: Settlement) -> list[str]:
    t = call.words
    lines = [
        (
            f"{one.bought_on.isoformat()} {one.receipt_no}".rstrip(),
            "" if one.volume is None else str(one.volume),
            str(one.amount),
        )
        for one in found.lines
    ]
    sums = [
        (t("Gas in the meter"), str(found.volume) if found.volume else "", str(found.gas)),
        (t("Balance of the household"), "", str(found.balance)),
        (t("Paid out"), "", str(found.total)),
    ]
    left = t("Bought elsewhere, not paid here: {uncovered}", uncovered=str(found.uncovered))
    return columns([*lines, *sums]) + ([left] if plain(found.uncovered) not in (0, "0") else [])


CLOSING = (close_quote, close_begin, close, close_off, settlement)
