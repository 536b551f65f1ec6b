"""`cardstation directory`, `cardstation batch`: lists in, a bag of cards through, papers out."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import click

from cardstation.cli.card import MOST, money_of, reader_of, reader_option
from cardstation.cli.output import columns, told
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.domain.batch import LineOutcome, LineState, ManifestLine
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import CardServiceGone, Mishap, ReaderGone, Refusal
from cardstation.ports.reader import Presence, Reader
from cardstation.sentences import brief, word
from cardstation.services.batch_state import BatchState, batch_state
from cardstation.services.identify import insert_card
from cardstation.services.import_directory import import_directory
from cardstation.services.import_list import import_list
from cardstation.services.load_line import load_line
from cardstation.services.pay_batch import pay_batch
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
@with_json
@pass_call
def import_file(call: Call, file: Path) -> None:
    """Take in a list and say for each row: ready, for a human, or blocked; and why."""
    with call.doors.station(call.settings, True) as station:
        taken = import_list(station, file)
    lines = [_line(line) for line in taken.lines]
    rows = [
        (
            str(line.row.row),
            word(f"verdict.{line.verdict.value}", call.words),
            line.account_no,
            line.name,
            line.door,
            str(line.money or ""),
            " ".join(brief(code, call.words) for code in line.reasons),
        )
        for line in taken.lines
    ]
    call.output.answer({"batch": taken.batch_id, "lines": lines}, [taken.batch_id, *columns(rows)])


def _line(line: ManifestLine) -> dict[str, object]:
    return {
        "row": line.row.row,
        "verdict": line.verdict,
        "account_no": line.account_no,
        "card_no": line.card_no,
        "fen": line.money,
        "kind": line.kind,
        "reasons": line.reasons,
        "ground": line.ground,
        "name": line.name,
        "door": line.door,
        "volume_m3": line.volume,
    }


@batch.command()
@click.argument("batch_id", metavar="BATCH")
@click.option("--tender", type=click.Choice(["cash", "bank_transfer", "qr_code"]), required=True)
@click.option("--fen", type=click.IntRange(1, MOST.fen), help="Amount in fen.")
@click.option("--yuan", help="Amount in yuan.")
@with_json
@pass_call
def pay(call: Call, batch_id: str, tender: str, fen: int | None, yuan: str | None) -> None:
    """Record money received for a batch; lines are funded whole, in the list's order."""
    if (fen is None) == (yuan is None):
        raise click.UsageError("--fen or --yuan")
    money = Money(fen) if fen is not None else money_of("--yuan", str(yuan))
    with call.doors.station(call.settings, True) as station:
        state = pay_batch(station, batch_id, tender=Tender(tender), money=money)
    call.output.answer(state, told(state))


@batch.command()
@click.argument("batch_id", metavar="BATCH", required=False)
@with_json
@pass_call
def show(call: Call, batch_id: str | None) -> None:
    """Show one batch, or list them all."""
    with call.doors.station(call.settings, False) as station:
        if batch_id is None:
            with station.store.reading() as reading:
                found = reading.batches.ids()
            call.output.answer({"batches": found}, found)
            return
        state = batch_state(station, batch_id)
    call.output.answer(_result(state), _told(call, state))


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
    """Run the cards of a batch: insert, verdict, write, read back, remove; until all are done."""
    with call.doors.station(call.settings, True) as station:
        recover(station)
        waiting = sum(map(_waits, batch_state(station, batch_id).outcomes))
        call.output.progress(
            call.words("{batch}: {n} cards wait for the reader", batch=batch_id, n=waiting)
        )
        run_lane(call, station, batch_id, reader, idle_s)
        state = batch_state(station, batch_id)
        if papers:
            call.doors.receipts(station, batch_id, call.settings)
    call.output.answer(_result(state), _told(call, state))


def run_lane(call: Call, station: Station, batch_id: str, reader: str, idle_s: float) -> None:
    """The loop of one lane: cards one after another until nothing waits or nobody feeds.

    A reader or a card service that goes away is waited for; a card that stops is said and left,
    and one that nobody takes out ends the run like a reader that nobody feeds.
    """
    if not _any_waits(station, batch_id):
        return
    with call.doors.readers(call.settings) as room:
        lane = reader_of(room, reader)
        deadline = time.monotonic() + idle_s
        while (left := deadline - time.monotonic()) > 0:
            try:
                seen = lane.wait_card(left)
            except (CardServiceGone, ReaderGone) as error:
                call.output.progress(brief(error.code, call.words))
                continue
            if seen is not None:
                _one_card(call, station, batch_id, lane, seen)
                if not _any_waits(station, batch_id) or not lane.wait_removed(seen, idle_s):
                    return
                deadline = time.monotonic() + idle_s


def _any_waits(station: Station, batch_id: str) -> bool:
    return any(map(_waits, batch_state(station, batch_id).outcomes))


def _waits(outcome: LineOutcome) -> bool:
    return outcome.state in (LineState.WAITING, LineState.UNKNOWN)


def _one_card(call: Call, station: Station, batch_id: str, lane: Reader, seen: Presence) -> None:
    try:
        card = insert_card(station, lane, seen)
        try:
            outcome = load_line(station, batch_id, card, lambda _step: None)
        finally:
            card.close()
    except (Refusal, Mishap) as stop:
        call.output.progress(f"{brief(stop.code, call.words)}  {stop}")
        return
    line = outcome.line
    call.output.progress(f"{line.card_no}  {line.door}  {line.name}  {outcome.receipt_no}")


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
            brief(outcome.reason, call.words) if outcome.reason else "",
        )
        for outcome in state.outcomes
    ]
    return [state.batch.batch_id, *columns(rows)]


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
