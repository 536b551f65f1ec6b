"""`cardstation directory`, `cardstation batch`: lists in, a bag of cards through, papers out."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from pathlib import Path

import click

from cardstation.cli.batch_money import MONEY_COMMANDS
from cardstation.cli.card import MOST, money_of, reader_option
from cardstation.cli.custody import CUSTODY_COMMANDS
from cardstation.cli.lanes import places_to_run, run_lanes
from cardstation.cli.lists import (
    LIST_COMMANDS,
    answer_list,
    blacklist,
    columns_option,
    explained_of,
    whose_of,
    with_whose,
)
from cardstation.cli.output import columns, told
from cardstation.cli.rows import ROW_COMMANDS
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.domain.batch import LineOutcome, LineState
from cardstation.domain.batch_life import Stage
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal
from cardstation.sentences import brief, word
from cardstation.sentences.grant_told import cover_words
from cardstation.services.batch_account import batch_account
from cardstation.services.batch_state import BatchState, batch_in, batch_state
from cardstation.services.grant_cover import grant_cover
from cardstation.services.import_directory import import_directory
from cardstation.services.import_list import import_list
from cardstation.services.lists.learning import headings_of_manager
from cardstation.services.pay_batch import ensure_awaited, pay_batch
from cardstation.services.recover import recover
from cardstation.services.station import Station

existing = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def directory() -> None:
    """The households of the utility."""


@directory.command("import")
@click.argument("file", type=existing)
@click.option("--tariffs", type=existing, help="Prices and rules (JSON); default: beside FILE.")
@with_json
@pass_call
def import_households(call: Call, file: Path, tariffs: Path | None) -> None:
    """Take in a directory (CSV) and its tariffs.

    Without a tariff file, and none taken in before, the bundled demo tariffs hold.
    """
    beside = file.parent / "tariffs.json"
    chosen = tariffs or (beside if beside.exists() else None)
    with call.doors.station(call.settings, True) as station:
        with station.store.reading() as reading:
            known = bool(reading.tariffs.every())
        taken = import_directory(
            station, file, chosen or (None if known else call.doors.default_tariffs)
        )
    call.output.answer(taken, told(taken))


@click.group()
def batch() -> None:
    """Cards collected through a property manager."""


@batch.command("import")
@click.argument("file", type=existing)
@with_whose
@columns_option
@with_json
@pass_call
def import_file(
    call: Call,
    *,
    file: Path,
    community: str,
    manager: str,
    team: str,
    zone: str | None,
    explained: tuple[str, ...],
) -> None:
    """Take in a list and say for each row: ready, for a human, or blocked; and why."""
    whose = whose_of(community, manager, team, zone)
    with call.doors.station(call.settings, True) as station:
        try:
            taken = import_list(station, file, whose, explained_of(explained))
        except Refusal as refusal:
            if refusal.code == "list_without_header":
                _name_headings(call, station, file, manager)
            raise
        answer_list(call, station, taken)


def _name_headings(call: Call, station: Station, file: Path, manager: str) -> None:
    """Say which headings a person can explain with `--column`."""
    found = headings_of_manager(station, file, manager)
    if found:
        names = " ".join(one.word for one in found)
        call.output.progress(
            call.words("Headings found: {names}. Explain them with --column.", names=names)
        )


@batch.command()
@click.argument("batch_id", metavar="BATCH")
@click.option("--tender", type=click.Choice(["cash", "bank_transfer", "qr_code"]), required=True)
@click.option("--fen", type=click.IntRange(1, MOST.fen), help="Amount in fen.")
@click.option("--yuan", help="Amount in yuan.")
@click.option("--reference", default="", help="The payment's own number, and its text.")
@click.option("--line", type=click.IntRange(1), default=None, help="Envelope of this line (place).")
@click.option("--payer", default="", help="Who pays; default: the household, or the manager.")
@click.option(
    "--again",
    is_flag=True,
    help="You have looked: number and amount came twice, or it really is more than is to come.",
)
@with_json
@pass_call
def pay(
    call: Call,
    *,
    batch_id: str,
    tender: str,
    fen: int | None,
    yuan: str | None,
    reference: str,
    line: int | None,
    payer: str,
    again: bool,
) -> None:
    """Record money received for a batch; lines are funded whole, in the quote's order."""
    if (fen is None) == (yuan is None):
        raise click.UsageError("--fen or --yuan")
    money = Money(fen) if fen is not None else money_of("--yuan", str(yuan))
    if Tender(tender) is not Tender.CASH and not reference.strip():
        raise Refusal("payment_number_missing", tender=tender)
    with call.doors.station(call.settings, True) as station:
        if not again:
            ensure_awaited(station, batch_id, line or 0, money, reference)
        cover = grant_cover(station, batch_id)
        if cover is not None:
            call.output.progress(cover_words(cover, call.words))
        state = pay_batch(
            station,
            batch_id,
            tender=Tender(tender),
            money=money,
            reference=reference,
            line=line or 0,
            again=again,
            payer=payer,
        )
        taken = batch_account(station, batch_id).payments[-1]
        paper = call.doors.acknowledgement(station, taken.ack_no, call.settings, None)
    answer = {**{one.name: getattr(state, one.name) for one in fields(state)}, "paper": paper}
    said = [*told(answer), *([brief(taken.doubt, call.words)] if taken.doubt else [])]
    more = {"payer": taken.payer, "warning": taken.doubt, "grant_reaches": cover}
    call.output.answer({**answer, **more}, said)


@batch.command()
@click.argument("batch_id", metavar="BATCH", required=False)
@with_json
@pass_call
def show(call: Call, batch_id: str | None) -> None:
    """Show one batch, or list them all."""
    with call.doors.station(call.settings, False) as station:
        if batch_id is None:
            _answer_every(call, station)
            return
        state = batch_state(station, batch_id)
    call.output.answer(_result(state), _told(call, state))


def _answer_every(call: Call, station: Station) -> None:
    with station.store.reading() as reading:
        ids, stages = reading.batches.ids(), reading.steps.stages()
        found = [(batch_in(reading, one), stages.get(one, Stage.LISTED)) for one in ids]
    rows = [
        (
            state.batch.batch_id,
            word(f"stage.{stage.value}", call.words),
            state.batch.community,
            state.batch.name,
            f"{_in_state(state, LineState.DONE)} / {_live(state)}",
            str(state.money.received),
        )
        for state, stage in found
    ]
    call.output.answer({"batches": ids}, columns(rows))


def _live(state: BatchState) -> int:
    return len(state.outcomes) - _in_state(state, LineState.WITHDRAWN)


def _in_state(state: BatchState, wanted: LineState) -> int:
    return sum(one.state is wanted for one in state.outcomes)


@batch.command()
@click.argument("batch_id", metavar="BATCH")
@click.option(
    "--idle",
    "idle_s",
    type=float,
    default=20.0,
    show_default=True,
    help="End after so many seconds without a card.",
)
@click.option("--papers/--no-papers", default=True, show_default=True, help="Write receipts.")
@reader_option
@with_json
@pass_call
def run(call: Call, *, batch_id: str, idle_s: float, papers: bool, reader: str) -> None:
    """Run the cards of a batch in every reader, until all are done.

    Where nothing else waits, stopped cards are taken once more.

    Insert, verdict, write, read back, remove; --reader chooses one reader by a part of its name.

    Where envelopes must be scanned (batch scan-envelopes), a card with a number waits for one
    line on standard input: the number of the envelope it came out of. An empty line, or the end
    of the input, leaves the card unwritten.
    """
    with call.doors.station(call.settings, True) as station:
        recover(station)
        state = batch_state(station, batch_id)
        call.output.progress(_what_waits(call, state))
        run_lanes(call, station, state, reader, idle_s)
        state = batch_state(station, batch_id)
        if papers:
            call.doors.receipts(station, batch_id, call.settings)
    call.output.answer(_result(state), _told(call, state))


def _what_waits(call: Call, state: BatchState) -> str:
    places, batch_id = places_to_run(state), state.batch.batch_id
    if places and not any(one.is_open for one in state.outcomes):
        return call.words(
            "{batch}: nothing else waits; {n} stopped cards are taken once more",
            batch=batch_id,
            n=len(places),
        )
    return call.words("{batch}: {n} cards wait for the reader", batch=batch_id, n=len(places))


def _result(state: BatchState) -> dict[str, object]:
    states = Counter(outcome.state.value for outcome in state.outcomes)
    return {
        "batch": state.batch.batch_id,
        "lines": [_outcome(outcome) for outcome in state.outcomes],
        "totals": {
            "lines": len(state.outcomes),
            **{name.value: states[name.value] for name in LineState},
            "loaded_fen": state.money.loaded,
            "received_fen": state.money.received,
            "to_balance_fen": state.money.to_balance,
            "remainder_fen": state.money.remainder,
            "volume_m3": sum(map(_loaded, state.outcomes), NO_GAS),
        },
        "strays": state.strays,
    }


def _loaded(outcome: LineOutcome) -> Volume:
    return (outcome.volume or NO_GAS) if outcome.state is LineState.DONE else NO_GAS


def _outcome(outcome: LineOutcome) -> dict[str, object]:
    return {
        "row": outcome.line.row.row,
        "account_no": outcome.line.account_no,
        "card_no": outcome.line.card_no,
        "state": outcome.state,
        "fen": outcome.line.money,
        "volume_m3": outcome.volume,
        "reason": outcome.reason,
        "see_row": outcome.see_row,
        "receipt_no": outcome.receipt_no,
    }


def _told(call: Call, state: BatchState) -> list[str]:
    rows = [
        (
            str(outcome.line.row.row),
            word(f"line.{outcome.state.value}", call.words),
            outcome.line.card_no,
            outcome.line.door,
            outcome.line.name,
            str(outcome.line.money or ""),
            str(outcome.volume or ""),
            _why(call, outcome),
        )
        for outcome in state.outcomes
    ]
    return [state.batch.batch_id, *columns(rows)]


def _why(call: Call, outcome: LineOutcome) -> str:
    if outcome.see_row:
        return call.words("Listed twice, see row {row}", row=outcome.see_row)
    return brief(outcome.reason, call.words) if outcome.reason else ""


@batch.command()
@click.argument("batch_id", metavar="BATCH")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the paper.")
@with_json
@pass_call
def sheet(call: Call, batch_id: str, out: Path | None) -> None:
    """Write the hand-over sheet for the way back."""
    with call.doors.station(call.settings, False) as station:
        path = call.doors.sheet(station, batch_id, call.settings, out)
    call.output.answer({"paper": path}, [str(path)])


directory.add_command(blacklist)
for _command in (*LIST_COMMANDS, *ROW_COMMANDS):
    batch.add_command(_command)


for _command in (*MONEY_COMMANDS, *CUSTODY_COMMANDS):
    batch.add_command(_command)
