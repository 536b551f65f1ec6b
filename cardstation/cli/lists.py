"""`cardstation batch paste|revise|headings|file|count`, `directory blacklist`: lists in, compared.

A newer list is only shown beside its batch until `--take` says that it shall be taken.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from cardstation.cli.output import columns, told
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.domain.batch import Batch, ManifestLine, Whose, Zone
from cardstation.domain.money import NO_MONEY
from cardstation.domain.revision import Change, ChangeKind, Comparison
from cardstation.sentences import brief, word
from cardstation.services.block_cards import block_cards
from cardstation.services.compare_list import compare_list
from cardstation.services.count_entry import count_entry
from cardstation.services.file_batch import file_batch
from cardstation.services.intent.funding import batch_of
from cardstation.services.lists.chat import read_chat
from cardstation.services.lists.entry import read_keyed
from cardstation.services.lists.header import Column
from cardstation.services.lists.learning import headings_of_manager, read_of_manager
from cardstation.services.lists.reading import HouseholdList
from cardstation.services.look_at_line import warnings_of_batch
from cardstation.services.paste_list import paste_list
from cardstation.services.revise_list import revise_list
from cardstation.services.station import Station

existing = click.Path(exists=True, dir_okay=False, path_type=Path)
text_file = click.Path(exists=True, dir_okay=False, allow_dash=True)


def with_whose(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say whose bag it is."""
    zones = click.Choice([zone.value for zone in Zone])
    for option in (
        click.option("--zone", type=zones, help="Lockdown class of the community."),
        click.option("--team", default="", help="Service team that collects the bag."),
        click.option("--manager", default="", help="Property manager; column names are theirs."),
        click.option("--community", default="", help="Default: found by the rows."),
    ):
        command = option(command)
    return command


def whose_of(community: str, manager: str, team: str, zone: str | None) -> Whose:
    """What the options say."""
    return Whose(community, manager, team, Zone(zone) if zone else None)


def columns_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--column HEADING=WHAT`, remembered for the manager."""
    return click.option(
        "--column",
        "explained",
        multiple=True,
        metavar="HEADING=WHAT",
        help=f"What a heading means: {', '.join(column.value for column in Column)}.",
    )(command)


def explained_of(explained: tuple[str, ...]) -> Mapping[str, str]:
    """`("车位号=account",)` as a mapping."""
    pairs = [one.partition("=") for one in explained]
    if any(not mark for _, mark, _ in pairs):
        raise click.UsageError("--column HEADING=WHAT")
    return {heading: holds for heading, _, holds in pairs}


def answer_list(call: Call, station: Station, batch: Batch) -> None:
    """Print a list with its verdicts, what needs a person first."""
    warnings = warnings_of_batch(station, batch.batch_id)
    numbered = list(enumerate(batch.lines, start=1))
    lines = [
        {**line_value(line), "place": at, "warnings": warnings.get(at, ())} for at, line in numbered
    ]
    needing = sorted(numbered, key=lambda one: _ORDER[one[1].verdict.value])
    rows = [_row(call, line, warnings.get(at, ())) for at, line in needing]
    call.output.answer(
        {
            "batch": batch.batch_id,
            "community": batch.community,
            "manager": batch.manager,
            "team": batch.team,
            "zone": batch.zone,
            "stated": {"count": batch.stated_count, "fen": batch.stated_total},
            "lines": lines,
        },
        [batch.batch_id, *_stated(call, batch), *columns(rows)],
    )


def _stated(call: Call, batch: Batch) -> list[str]:
    """What the list says of itself, where that is not what was read."""
    count, total = len(batch.lines), sum((one.money or NO_MONEY for one in batch.lines), NO_MONEY)
    said = (batch.stated_count, batch.stated_total)
    if said in ((None, None), (count, total)):
        return []
    t = call.words
    stated = [t("{n} rows", n=said[0])] if said[0] is not None else []
    stated += [str(said[1])] if said[1] is not None else []
    read = t("{n} rows", n=count)
    return [
        t(
            "The list itself says {stated}; read: {count}, {total} certain.",
            stated=" ".join(stated),
            count=read,
            total=total,
        )
    ]


_ORDER = {"human": 0, "blocked": 1, "ready": 2}


def line_value(line: ManifestLine) -> dict[str, object]:
    """A line as `batch import --json` prints it."""
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
        "envelope": line.envelope,
        "volume_m3": line.volume,
    }


def _row(call: Call, line: ManifestLine, warnings: tuple[str, ...]) -> tuple[str, ...]:
    return (
        str(line.row.row),
        word(f"verdict.{line.verdict.value}", call.words),
        line.account_no,
        line.name,
        line.door,
        str(line.money or ""),
        " ".join(brief(code, call.words) for code in (*line.reasons, *warnings)),
    )


@click.command()
@click.argument("file", type=text_file, default="-")
@with_whose
@with_json
@pass_call
def paste(
    call: Call, *, file: str, community: str, manager: str, team: str, zone: str | None
) -> None:
    """Take in chat text (接龙) from FILE or standard input; a second person counts it."""
    text = _text(file)
    with call.doors.station(call.settings, True) as station:
        batch = paste_list(station, text, whose_of(community, manager, team, zone))
        answer_list(call, station, batch)


def _text(file: str) -> str:
    return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8-sig")


@click.command()
@click.argument("batch_id", metavar="BATCH")
@click.argument("file", type=text_file)
@click.option("--chat", is_flag=True, help="FILE is pasted chat text; - reads standard input.")
@click.option("--take", is_flag=True, help="Take it; without this it is only shown.")
@columns_option
@with_json
@pass_call
def revise(
    call: Call, batch_id: str, file: str, *, chat: bool, take: bool, explained: tuple[str, ...]
) -> None:
    """Show a newer list of the same batch line by line, and take it with --take."""
    with call.doors.station(call.settings, take) as station:
        holds = explained_of(explained)
        found = _newer(station, batch_id, file, chat=chat, explained=holds)
        shown = compare_list(station, batch_id, found)
        if take:
            shown = revise_list(station, batch_id, found, shown, holds)
    call.output.answer(_compared(shown, taken=take), _compared_words(call, shown))


def _newer(
    station: Station, batch_id: str, file: str, *, chat: bool, explained: Mapping[str, str]
) -> HouseholdList:
    if chat or file == "-":
        return read_chat(_text(file))
    with station.store.reading() as reading:
        manager = batch_of(reading, batch_id).manager
    return read_of_manager(station, Path(file), manager, explained)


def _compared(shown: Comparison, *, taken: bool) -> dict[str, object]:
    return {
        "batch": shown.batch_id,
        "taken": taken,
        "counts": {kind.value: shown.count(kind) for kind in ChangeKind},
        "changes": [
            {
                "kind": change.kind,
                "place": change.place,
                "old": change.old and line_value(change.old),
                "new": change.new and line_value(change.new),
                "envelope_not_used": change.number_left,
            }
            for change in shown.changes
        ],
    }


def _compared_words(call: Call, shown: Comparison) -> list[str]:
    rows = [_change(call, change) for change in shown.changes]
    counts = [
        f"{word(f'change.{kind.value}', call.words)} {shown.count(kind)}" for kind in ChangeKind
    ]
    return ["  ".join(counts), *columns(rows)]


def _change(call: Call, change: Change) -> tuple[str, ...]:
    line = change.new or change.old
    if line is None:
        return ("", "", "", "", "", "")
    return (
        word(f"change.{change.kind.value}", call.words),
        line.account_no,
        line.name,
        line.door,
        _said(call, change.old),
        f"{_said(call, change.new)} {_envelope_left(call, change)}".strip(),
    )


def _envelope_left(call: Call, change: Change) -> str:
    if change.new is None or not change.number_left:
        return ""
    stays, t = change.new.envelope or "—", call.words
    return t("envelope {number} not used, {stays} stays", number=change.number_left, stays=stays)


def _said(call: Call, line: ManifestLine | None) -> str:
    if line is None:
        return "—"
    reasons = " ".join(brief(code, call.words) for code in line.reasons)
    return f"{line.money or ''} {reasons}".strip() or word(
        f"verdict.{line.verdict.value}", call.words
    )


@click.command()
@click.argument("file", type=existing)
@click.option("--manager", default="", help="Whose headings are known already.")
@with_json
@pass_call
def headings(call: Call, file: Path, manager: str) -> None:
    """List the headings of a list and what each is taken for, to explain them with --column."""
    with call.doors.station(call.settings, False) as station:
        found = headings_of_manager(station, file, manager)
    answer = [
        {"heading": one.word, "samples": one.samples, "holds": one.holds or ""} for one in found
    ]
    rows = [(one.word, one.holds.value if one.holds else "—", *one.samples[:1]) for one in found]
    wide = [(*row, "")[:3] for row in rows]
    call.output.answer({"headings": answer}, columns(wide))


@click.command("file")
@click.argument("batch_id", metavar="BATCH")
@with_whose
@with_json
@pass_call
def file_it(
    call: Call, *, batch_id: str, community: str, manager: str, team: str, zone: str | None
) -> None:
    """Say whose bag a batch is, or correct it; what is not given stays."""
    with call.doors.station(call.settings, True) as station:
        batch = file_batch(station, batch_id, whose_of(community, manager, team, zone))
    answer = {
        "batch": batch.batch_id,
        "community": batch.community,
        "manager": batch.manager,
        "team": batch.team,
        "zone": batch.zone,
    }
    call.output.answer(answer, told(answer))


@click.command()
@click.argument("batch_id", metavar="BATCH")
@click.option("--row", "rows", multiple=True, help="Door or number and yuan of one typed row.")
@click.option("--rows", "file", type=text_file, help="The same, one row a line; - = from stdin.")
@click.option("--approver", required=True, help="Who keyed them: another person than the clerk.")
@with_json
@pass_call
def count(
    call: Call, *, batch_id: str, rows: tuple[str, ...], file: str | None, approver: str
) -> None:
    """A second person keys every typed row again; no money is taken before.

    A row is `3-2-601 100`: its door (or the number of its account or card) and its amount in yuan;
    without an amount it was paid online.
    """
    if bool(rows) == bool(file):
        raise click.UsageError("--row or --rows")
    keyed = read_keyed("\n".join(rows) if file is None else _text(file))
    with call.doors.station(call.settings, True) as station:
        by = approved(call, station, approver)
        count_entry(station, batch_id, rows=keyed, approval=by)
    call.output.answer({"batch": batch_id, "counted": True}, [call.words("They agree.")])


@click.command()
@click.argument("file", type=existing)
@with_json
@pass_call
def blacklist(call: Call, file: Path) -> None:
    """Take in the list of reported cards (columns 卡号 and 备注) in place of the old one."""
    with call.doors.station(call.settings, True) as station:
        known = block_cards(station, file)
    call.output.answer({"cards": known}, told({"cards": known}))


LIST_COMMANDS: tuple[click.Command, ...] = (paste, revise, headings, file_it, count)
