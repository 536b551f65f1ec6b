"""`cardstation batch row|settle|leave-out|reopen|door`: one row of a list at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import click

from cardstation.cli.card import MOST, money_of, reader_of, reader_option
from cardstation.cli.lists import line_value, whose_of, with_whose
from cardstation.cli.output import told
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.domain.batch import ManifestLine
from cardstation.domain.matching import Candidate
from cardstation.domain.money import Money
from cardstation.errors import CardServiceGone, Mishap, ReaderGone, Refusal
from cardstation.ports.reader import Presence, Reader
from cardstation.sentences import brief
from cardstation.services.add_row import add_row
from cardstation.services.batch_state import outcome_of
from cardstation.services.begin_door_list import begin_door_list
from cardstation.services.identify import insert_card
from cardstation.services.leave_out import REASONS, leave_out
from cardstation.services.look_at_line import LineDetail, look_at_line
from cardstation.services.put_in_envelope import put_in_envelope
from cardstation.services.reopen_line import reopen_line
from cardstation.services.require_scans import lift_scans, require_scans
from cardstation.services.settle_line import settle_line
from cardstation.services.station import Station

place_argument = click.argument("place", type=click.IntRange(1))
batch_argument = click.argument("batch_id", metavar="BATCH")
fen_option = click.option("--fen", type=click.IntRange(1, MOST.fen), help="Amount in fen.")
yuan_option = click.option("--yuan", help="Amount in yuan.")


def _money(fen: int | None, yuan: str | None) -> Money | None:
    if fen is not None and yuan is not None:
        raise click.UsageError("--fen or --yuan")
    if fen is not None:
        return Money(fen)
    return None if yuan is None else money_of("--yuan", yuan)


@click.command()
@batch_argument
@place_argument
@with_json
@pass_call
def row(call: Call, batch_id: str, place: int) -> None:
    """Show one row in full: what was written, price, tiers, arrears, whom it may mean."""
    with call.doors.station(call.settings, False) as station:
        detail = look_at_line(station, batch_id, place)
    answer = _detail(detail)
    call.output.answer(answer, told(answer))


def _detail(detail: LineDetail) -> dict[str, object]:
    household, line = detail.household, detail.line
    return {
        "place": detail.place,
        "line": line_value(line),
        "written": line.row,
        "quote": detail.quote,
        "tiers": detail.tiers,
        "cap_m3": detail.cap,
        "plausible_m3": detail.plausible,
        "arrears_fen": household.arrears if household else None,
        "left_fen": detail.left,
        "relief_m3_month": household.relief_per_month if household else None,
        "relief_until": household.relief_until if household else None,
        "meter_no": household.meter.meter_no if household else "",
        "meter_installed": household.meter.installed if household else None,
        "last_load": detail.last,
        "warnings": detail.warnings,
        "candidates": [_candidate(one) for one in detail.candidates],
    }


def _candidate(one: Candidate) -> dict[str, object]:
    home = one.household
    return {
        "account_no": home.account_no,
        "name": home.name,
        "door": home.address.door,
        "card_no": home.card_no,
        "agrees": one.agrees,
        "partly": one.partly,
        "differs": one.differs,
    }


@click.command()
@batch_argument
@place_argument
@click.option("--account", required=True, help="Whom the row means.")
@fen_option
@yuan_option
@click.option("--order", is_flag=True, help="Load the order that was paid online; no money.")
@click.option("--approver", help="Who else agrees, where money in its envelope is another's.")
@with_json
@pass_call
def settle(
    call: Call,
    *,
    batch_id: str,
    place: int,
    account: str,
    fen: int | None,
    yuan: str | None,
    order: bool,
    approver: str | None,
) -> None:
    """Decide a row that needs a person; what stands in the household's way is not decided away."""
    money = _money(fen, yuan)
    if (money is None) != order:
        raise click.UsageError("--fen, --yuan or --order")
    with call.doors.station(call.settings, True) as station:
        by = None if approver is None else approved(call, station, approver)
        became = settle_line(station, batch_id, place, account, money, by)
        _answer(call, station, batch_id, became)


@click.command("leave-out")
@batch_argument
@place_argument
@click.option("--reason", type=click.Choice(REASONS), required=True)
@with_json
@pass_call
def leave_row_out(call: Call, batch_id: str, place: int, reason: str) -> None:
    """Leave a row out of the batch; `reopen` takes it in again."""
    with call.doors.station(call.settings, True) as station:
        leave_out(station, batch_id, place, reason)
        _answer(call, station, batch_id, place)


@click.command()
@batch_argument
@place_argument
@with_json
@pass_call
def reopen(call: Call, batch_id: str, place: int) -> None:
    """Take a decision back while no money is in the row; the row is judged anew."""
    with call.doors.station(call.settings, True) as station:
        _answer(call, station, batch_id, reopen_line(station, batch_id, place))


def _answer(call: Call, station: Station, batch_id: str, place: int) -> None:
    line = outcome_of(station, batch_id, place).line
    answer = {"batch": batch_id, "place": place, "withdrawn": line.withdrawn, **line_value(line)}
    call.output.answer(answer, [_said(call, line)])


def _said(call: Call, line: ManifestLine) -> str:
    reasons = " ".join(brief(code, call.words) for code in line.reasons)
    return "  ".join((line.account_no, line.name, line.door, str(line.money or "—"), reasons))


@click.command()
@click.argument("batch_id", metavar="BATCH", required=False)
@click.option("--name", default="", help="Of a new list.")
@click.option("--account", help="Account or card number, typed or scanned, instead of cards.")
@fen_option
@yuan_option
@reader_option
@click.option("--idle", "idle_s", type=float, default=20.0, show_default=True)
@with_whose
@with_json
@pass_call
def door(
    call: Call,
    *,
    batch_id: str | None,
    name: str,
    account: str | None,
    fen: int | None,
    yuan: str | None,
    reader: str,
    idle_s: float,
    community: str,
    manager: str,
    team: str,
    zone: str | None,
) -> None:
    """Make a list at the door: each card that is inserted adds its household; works offline.

    The amount given counts for every card of this run; without one it is left for later.
    """
    money = _money(fen, yuan)
    whose = whose_of(community, manager, team, zone)
    with call.doors.station(call.settings, True) as station:
        batch = (
            batch_id or begin_door_list(station, name or call.words("Door list"), whose).batch_id
        )
        if account is not None:
            places = [add_row(station, batch, account, money)]
        else:
            places = list(_cards(call, station, batch, money, reader, idle_s))
        lines = [{"place": at, **line_value(outcome_of(station, batch, at).line)} for at in places]
    call.output.answer({"batch": batch, "added": lines}, [batch])


def _cards(
    call: Call, station: Station, batch_id: str, money: Money | None, reader: str, idle_s: float
) -> Iterator[int]:
    """Cards one after another until nobody feeds any more."""
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
                yield from _one_card(call, station, batch_id, money, lane, seen)
                if not lane.wait_removed(seen, idle_s):
                    return
                deadline = time.monotonic() + idle_s


def _one_card(
    call: Call, station: Station, batch_id: str, money: Money | None, lane: Reader, seen: Presence
) -> Iterator[int]:
    try:
        card = insert_card(station, lane, seen)
        identity = card.content.identity
        card.close()
        place = add_row(station, batch_id, identity.account_no, money, card_no=identity.card_no)
    except (Refusal, Mishap) as stop:
        call.output.progress(f"{brief(stop.code, call.words)}  {stop}")
        return
    call.output.progress(_said(call, outcome_of(station, batch_id, place).line))
    yield place


@click.command()
@batch_argument
@place_argument
@click.argument("number")
@click.option("--approver", help="Once cards were compared with it: the supervisor who agrees.")
@click.option("--reason", default="", help="With that: why, in words; it stays on record.")
@with_json
@pass_call
def envelope(
    call: Call, *, batch_id: str, place: int, number: str, approver: str | None, reason: str
) -> None:
    """Say in which envelope or slot the card of a row came; "" takes it out of any."""
    with call.doors.station(call.settings, True) as station:
        by = None if approver is None else approved(call, station, approver)
        line = put_in_envelope(station, batch_id, place, number, by, reason)
    answer = {"batch": batch_id, "place": place, "envelope": line.envelope}
    call.output.answer(answer, told(answer))


@click.command("scan-envelopes")
@batch_argument
@click.argument("rule", type=click.Choice(["on", "off"]))
@click.option("--approver", help="With off: the supervisor who agrees; somebody else.")
@click.option("--reason", default="", help="With off: why, in words; it stays on record.")
@with_json
@pass_call
def scan_envelopes(call: Call, batch_id: str, rule: str, approver: str | None, reason: str) -> None:
    """Load no card of a batch before its envelope was scanned; a supervisor lifts that."""
    if (approver is None) != (rule == "on"):
        raise click.UsageError("off --approver NAME --reason TEXT, or on")
    with call.doors.station(call.settings, True) as station:
        if approver is None:
            require_scans(station, batch_id)
        else:
            lift_scans(station, batch_id, approved(call, station, approver), reason)
    answer: dict[str, object] = {"batch": batch_id, "scan_envelopes": rule == "on"}
    call.output.answer(answer, told(answer))


ROW_COMMANDS: tuple[click.Command, ...] = (
    row,
    settle,
    leave_row_out,
    reopen,
    door,
    envelope,
    scan_envelopes,
)
