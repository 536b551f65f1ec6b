"""`cardstation board`, `cardstation triage`: how far teams are, and whose gas runs out first."""

from __future__ import annotations

from pathlib import Path

import click

from cardstation.cli.output import columns
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.domain.triage_list import TriageList, TriageRow
from cardstation.sentences import word
from cardstation.services.board_state import Board, BoardRow, board_state
from cardstation.services.triage_list import triage_list


@click.command()
@with_json
@pass_call
def board(call: Call) -> None:
    """Show how far the bags of every team, zone and community are."""
    with call.doors.station(call.settings, False) as station:
        found = board_state(station)
    call.output.answer(_answer(found), _told(call, found))


def _answer(found: Board) -> dict[str, object]:
    names = ("expected", "collected", "loaded", "returned", "exceptions")
    return {"rows": found.rows, "totals": {name: getattr(found, name) for name in names}}


def _told(call: Call, found: Board) -> list[str]:
    t = call.words
    names = (t("Expected"), t("Collected"), t("Loaded"), t("Returned"), t("Exceptions"))
    head = (t("Service team"), t("Zone"), t("Community"), *names)
    return [*columns([head, *(_row(call, row) for row in found.rows)]), word("board.one_desk", t)]


def _row(call: Call, row: BoardRow) -> tuple[str, ...]:
    figures = (row.expected, row.collected, row.loaded, row.returned, row.exceptions)
    zone = word(f"zone.{row.zone.value}", call.words)
    return (row.team or "—", zone, row.community, *map(str, figures))


@click.command()
@click.argument("community")
@click.option("--out", type=click.Path(path_type=Path), help="Also file paper and table there.")
@with_json
@pass_call
def triage(call: Call, community: str, out: Path | None) -> None:
    """List a community by how long its households' gas lasts; no names, the most urgent first."""
    with call.doors.station(call.settings, False) as station:
        found = triage_list(station, community)
    files = () if out is None else call.doors.triage(found, call.settings, out)
    rows = [_one(row) for row in found.rows]
    answer: dict[str, object] = {"community": found.community, "team": found.team}
    answer |= {"zone": found.zone, "rows": rows, "unread": found.unread, "files": files}
    call.output.answer(answer, [*_list(call, found), *map(str, files)])


def _one(row: TriageRow) -> dict[str, object]:
    return {
        "account_no": row.account_no,
        "door": row.address.door,
        "urgency": row.forecast.urgency,
        "days": row.forecast.days,
        "ground": row.forecast.ground,
        "read_at": row.forecast.read_at,
    }


def _list(call: Call, found: TriageList) -> list[str]:
    rows = [
        (
            row.address.door,
            word(f"urgency.{row.forecast.urgency.value}", call.words),
            "" if row.forecast.days is None else str(row.forecast.days),
            word(f"forecast.{row.forecast.ground.value}", call.words),
        )
        for row in found.rows
    ]
    unread = call.words("Households whose card was not read yet: {n}.", n=found.unread)
    return [*columns(rows), unread, word("board.one_desk", call.words)]
