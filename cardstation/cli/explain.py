"""`cardstation card explain`: what lies in the reader, known or not, in words and on paper."""

from __future__ import annotations

from pathlib import Path

import click

from cardstation.cli.card import card_on_reader, reader_option, wait_option
from cardstation.cli.output import columns, plain
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.sentences.card_told import CardTold, card_told


@click.command()
@click.option(
    "--paper",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also file the card examination (A5) there.",
)
@reader_option
@wait_option
@with_json
@pass_call
def explain(call: Call, paper: Path | None, reader: str, wait_s: float) -> None:
    """Say what the card in the reader is, known or not; no code is presented to it.

    The account number is shown only when its household is on file here.
    """
    with (
        call.doors.station(call.settings, False) as station,
        card_on_reader(call, reader, wait_s) as (chosen, seen),
    ):
        report = call.doors.examine(station, chosen, seen)
    told = card_told(report, call.words)
    lines = _lines(told)
    answer = plain(report)
    if paper is not None:
        filed = call.doors.card_report(report, call.settings, paper)
        lines.append(str(filed))
        answer = {**(answer if isinstance(answer, dict) else {}), "paper": filed}
    call.output.answer(answer, lines)


def _lines(told: CardTold) -> list[str]:
    rows = [row for group in (told.chip, told.content, told.meter, told.desk) for row in group]
    said = [told.verdict.brief, told.verdict.what, *([told.sale] if told.sale else []), told.todo]
    return [*said, "", *columns(rows), *told.broken, *told.traps]
