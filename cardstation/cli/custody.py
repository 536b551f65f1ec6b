"""`cardstation batch custody | label | collect | receive | return | photo | explain | …`."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

import click

from cardstation.cli.bag_trace import trace
from cardstation.cli.collect_bag import collect_bag, return_bag
from cardstation.cli.count_again import count_again
from cardstation.cli.custody_answer import answer_custody
from cardstation.cli.hand_over_options import (
    PICTURE,
    Places,
    counted,
    of_rows,
    signed,
    with_pictures,
)
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.domain.custody import Explanation, Party, Why
from cardstation.services.bag_papers import annex as annex_of
from cardstation.services.bag_papers import bag_label, custody_slip
from cardstation.services.close_batch import close_batch
from cardstation.services.custody_state import custody_state, places_at
from cardstation.services.explain_card import explain_card
from cardstation.services.hand_over import ARRIVALS, HandOverRequest, Way, hand_over, likely_way
from cardstation.services.photograph_paper import photograph_paper
from cardstation.services.purge_batch import purge_batch
from cardstation.services.return_batch import return_batch
from cardstation.services.station import Station

_batch = click.argument("batch_id", metavar="BATCH")
_out = click.option("--out", type=click.Path(path_type=Path), help="Folder for the paper.")


def _request(
    station: Station, batch_id: str, giver: Party, taker: Party, given: dict[str, Any]
) -> HandOverRequest:
    if doors := given.pop("doors"):
        state = custody_state(station, batch_id)
        there = (places_at(state, door) for door in doors)
        given["places"] = (*(given["places"] or ()), *chain.from_iterable(there))
    return HandOverRequest(giver, taker, **with_pictures(given))


def _likely(station: Station, batch_id: str) -> Way:
    return likely_way(custody_state(station, batch_id).custody, ARRIVALS)


@click.command()
@_batch
@with_json
@pass_call
def custody(call: Call, batch_id: str) -> None:
    """Say where every card of a batch is, and what its way was."""
    with call.doors.station(call.settings, False) as station:
        state = custody_state(station, batch_id)
    answer_custody(call, state)


@click.command()
@_batch
@click.option("--bag", type=click.IntRange(0, 99), default=0, help="Default: the next unused.")
@click.option("--cards", type=click.IntRange(0), help="How many are in it.")
@_out
@with_json
@pass_call
def label(call: Call, batch_id: str, bag: int, cards: int | None, out: Path | None) -> None:
    """Write the label of a bag, with its seal number as Code 128 and QR."""
    with call.doors.station(call.settings, False) as station:
        value = bag_label(station, batch_id, bag, cards)
        path = call.doors.bag_paper(value, call.settings, out)
    answer = {"seal_no": value.seal_no, "bag": value.bag, "paper": path}
    call.output.answer(answer, [value.seal_no, str(path)])


@click.command()
@_batch
@counted
@of_rows
@signed
@with_json
@pass_call
def collect(call: Call, /, batch_id: str, **given: Any) -> None:
    """Record cards that the service team took from the manager or the community."""
    with call.doors.station(call.settings, True) as station:
        state = hand_over(
            station, batch_id, _request(station, batch_id, Party.MANAGER, Party.TEAM, given)
        )
    answer_custody(call, state)


@click.command()
@_batch
@click.option(
    "--from",
    "giver",
    type=click.Choice(["team", "manager"]),
    help="Default: whoever has the cards by our records.",
)
@counted
@of_rows
@signed
@with_json
@pass_call
def receive(call: Call, /, batch_id: str, giver: str | None, **given: Any) -> None:
    """Record cards that arrived at the desk."""
    with call.doors.station(call.settings, True) as station:
        way = (Party(giver), Party.DESK) if giver else _likely(station, batch_id)
        state = hand_over(station, batch_id, _request(station, batch_id, *way, given))
    answer_custody(call, state)


@click.command("return")
@_batch
@click.option("--from", "giver", type=click.Choice(["desk", "team"]), default="desk")
@click.option(
    "--to", "taker", type=click.Choice(["manager", "team", "resident"]), default="manager"
)
@counted
@of_rows
@signed
@with_json
@pass_call
def give_back(call: Call, /, batch_id: str, giver: str, taker: str, **given: Any) -> None:
    """Record cards that went back; a signed return of the last ones closes the batch if it can."""
    with call.doors.station(call.settings, True) as station:
        state = return_batch(
            station, batch_id, _request(station, batch_id, Party(giver), Party(taker), given)
        )
    answer_custody(call, state)


@click.command()
@_batch
@click.argument("why", type=click.Choice([why.value for why in Why]))
@click.option("--lines", "places", type=Places(), default=(), help="Lines: 1-5,9.")
@click.option("--lacking", is_flag=True, help="Every line that lacks and is not explained.")
@click.option("--extra", "extras", multiple=True, help="Last digits of a card on no line.")
@click.option("--counted", type=click.IntRange(0), default=0, help="With counted_again.")
@click.option("--approver", help="Who else agrees: for cards lost, destroyed or never given.")
@with_json
@pass_call
def explain(
    call: Call,
    *,
    batch_id: str,
    why: str,
    places: tuple[int, ...],
    lacking: bool,
    extras: tuple[str, ...],
    counted: int,
    approver: str | None,
) -> None:
    """Say why cards are missing, left over or kept."""
    with call.doors.station(call.settings, True) as station:
        if lacking:
            places = (*places, *custody_state(station, batch_id).custody.lacking_places)
        told = Explanation(Why(why), places, extras, counted)
        by = None if approver is None else approved(call, station, approver)
        state = explain_card(station, batch_id, told, by)
    answer_custody(call, state)


@click.command()
@_batch
@click.argument("picture", type=PICTURE)
@click.option("--number", type=click.IntRange(0), default=0, help="Default: the oldest one due.")
@with_json
@pass_call
def photo(call: Call, batch_id: str, picture: Path, number: int) -> None:
    """Keep the photo of the paper on which a hand-over was signed."""
    with call.doors.station(call.settings, True) as station:
        state = photograph_paper(station, batch_id, number, picture.read_bytes())
    answer_custody(call, state)


@click.command()
@_batch
@with_json
@pass_call
def close(call: Call, batch_id: str) -> None:
    """Close a batch whose cards are all accounted for."""
    with call.doors.station(call.settings, True) as station:
        state = close_batch(station, batch_id)
    answer_custody(call, state)


@click.command()
@click.argument("batch_id", metavar="BATCH", required=False)
@with_json
@pass_call
def purge(call: Call, batch_id: str | None) -> None:
    """Remove the personal data of one closed batch, or of all whose time is up."""
    with call.doors.station(call.settings, True) as station:
        if batch_id is None:
            purged = call.doors.purge(station, call.settings)
        else:
            purged = (batch_id,) if purge_batch(station, batch_id) else ()
            call.doors.forget_papers(call.settings, purged)
    call.output.answer({"purged": purged}, list(purged))


@click.command()
@_batch
@click.option("--by-floor", is_flag=True, help="A strip per floor, not a receipt per household.")
@click.option("--again", default="", metavar="WHY", help="All of it once more, after it came out.")
@with_json
@pass_call
def papers(call: Call, batch_id: str, again: str, *, by_floor: bool) -> None:
    """Print everything that goes back with the bag; after a stop, what did not come out yet."""

    def progress(done: int, count: int) -> None:
        call.output.progress(f"{done} / {count}")

    with call.doors.station(call.settings, True) as station:
        made = call.doors.print_return(station, batch_id, call.settings, by_floor, again, progress)
    call.output.answer({"papers": made}, [str(path) for path in made])


@click.command()
@_batch
@click.option("--number", "seq", type=click.IntRange(0), default=0, help="Default: the last one.")
@_out
@with_json
@pass_call
def slip(call: Call, batch_id: str, seq: int, out: Path | None) -> None:
    """Write the slip of a hand-over, with its signatures."""
    with call.doors.station(call.settings, False) as station:
        path = call.doors.bag_paper(custody_slip(station, batch_id, seq), call.settings, out)
    call.output.answer({"paper": path}, [str(path)])


@click.command()
@_batch
@_out
@with_json
@pass_call
def annex(call: Call, batch_id: str, out: Path | None) -> None:
    """Write the annex on personal data for who collects the cards."""
    with call.doors.station(call.settings, False) as station:
        value = annex_of(station, batch_id, call.settings.purge_days)
        path = call.doors.bag_paper(value, call.settings, out)
    call.output.answer({"paper": path}, [str(path)])


CUSTODY_COMMANDS: tuple[click.Command, ...] = (
    custody,
    label,
    collect,
    collect_bag,
    return_bag,
    count_again,
    receive,
    give_back,
    explain,
    photo,
    close,
    purge,
    papers,
    slip,
    annex,
    trace,
)
"""What this file adds to `cardstation batch`."""
