"""`cardstation-central feed`: publishes directories, prices, clerks; says who follows what."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardstation.central.feeds.door import (
    Centre,
    feeds_told,
    give_districts,
    publish_clerks,
    publish_directory,
    publish_policy,
    renew_feed,
    take_districts,
)
from cardstation.cli.central_orders import address_of, dsn_option, home_option, json_option
from cardstation.cli.central_two import prove_two
from cardstation.domain.household import Household
from cardstation.settings import load_settings

if TYPE_CHECKING:
    from cardstation.central.feeds.publishing import Published
    from cardstation.services.lists.directory_file import RejectedRow

COMMAND_LINE = "command line"
_SHOWN = 20
_WORKBOOKS = (".xlsx", ".xls", ".ods")

_existing = click.Path(exists=True, dir_okay=False, path_type=Path)
_key = click.option("--key", "key_file", type=click.Path(path_type=Path), help="Signing key.")
_by = click.option("--by", "by", default=COMMAND_LINE, help="Who says so; stays in the books.")


@dataclass
class _Read:
    """A directory as its rows come: what cannot be read is set aside."""

    file: Path
    rejected: list[RejectedRow] = field(default_factory=list)

    def households(self) -> Iterator[Household]:
        """Every household that can be read."""
        from cardstation.services.lists.directory_file import read_directory

        with _as_csv(self.file) as path:
            for row in read_directory(path, datetime.now().astimezone().year):
                if isinstance(row, Household):
                    yield row
                else:
                    self.rejected.append(row)


@click.group("feed")
def feed() -> None:
    """What stations are told of prices, blocked cards and households."""


@feed.command("publish")
@click.argument("file", type=_existing)
@click.option("--changes", is_flag=True, help="FILE names only households that changed.")
@click.option("--may-shrink", is_flag=True, help="Many households are really gone.")
@_by
@home_option
@dsn_option
@_key
@json_option
def publish_command(
    *,
    file: Path,
    changes: bool,
    may_shrink: bool,
    by: str,
    home: Path | None,
    dsn: str,
    key_file: Path | None,
    as_json: bool,
) -> None:
    """Publish the households in FILE (CSV, xlsx): the directory, or what changed in it.

    A district is the area of one service team, its name the column `team`. FILE is all there is of
    every district in it: who is not in it is gone, unless a row of it could not be read.
    """
    from cardstation.central.feeds.publishing import Said

    said = Said(file.name, by, shrinks=may_shrink)
    centre, read = _centre(home, dsn, key_file), _Read(file)
    done = publish_directory(
        centre, read.households(), said, whole=lambda: not (changes or read.rejected)
    )
    rejected = [asdict(one) for one in read.rejected]
    _answer(done, as_json, rejected=rejected, nobody_gone=bool(rejected) and not changes)


@feed.command("policy")
@click.option("--tariffs", type=_existing, help="Prices and rules (JSON); default: as they were.")
@click.option("--by", required=True, help="Who orders it.")
@click.option("--approved-by", required=True, help="Who else agrees; not the same person.")
@home_option
@dsn_option
@_key
@json_option
def policy_command(
    *,
    tariffs: Path | None,
    by: str,
    approved_by: str,
    home: Path | None,
    dsn: str,
    key_file: Path | None,
    as_json: bool,
) -> None:
    """Publish prices and rules, with the tariffs and blocked cards two people decided.

    What is decided in the console later is published by itself, at a station's next contact.
    """
    from cardstation.central.feeds.publishing import Said
    from cardstation.domain.feed_rows import Policy
    from cardstation.services.lists.tariff_file import read_tariffs

    given = None if tariffs is None else Policy(*read_tariffs(tariffs))
    what = "decisions" if tariffs is None else tariffs.name
    said = Said(what, by, approved_by, shrinks=True)
    centre = _centre(home, dsn, key_file)
    prove_two(centre.home, centre.dsn, by, approved_by)
    _answer(publish_policy(centre, given, said), as_json)


@feed.command("clerks")
@click.argument("file", type=_existing)
@click.option("--may-shrink", is_flag=True, help="Many clerks have really left.")
@click.option("--by", required=True, help="Who orders it.")
@click.option("--approved-by", required=True, help="Who else agrees; not the same person.")
@home_option
@dsn_option
@_key
@json_option
def clerks_command(
    *,
    file: Path,
    may_shrink: bool,
    by: str,
    approved_by: str,
    home: Path | None,
    dsn: str,
    key_file: Path | None,
    as_json: bool,
) -> None:
    """Publish who works at the stations in FILE (CSV), with roles and days; no PIN is in it.

    For each station that is named FILE is all there is: whoever is not in it has left.
    """
    from cardstation.central.feeds.publishing import Said
    from cardstation.cli.central_clerks import read_clerks

    found, centre = read_clerks(file), _centre(home, dsn, key_file)
    prove_two(centre.home, centre.dsn, by, approved_by)
    said = Said(file.name, by, approved_by, shrinks=may_shrink)
    _answer(publish_clerks(centre, found, said), as_json)


@feed.command("renew")
@click.argument("name", metavar="FEED")
@_by
@home_option
@dsn_option
@_key
@json_option
def renew_command(
    *, name: str, by: str, home: Path | None, dsn: str, key_file: Path | None, as_json: bool
) -> None:
    """Make a new snapshot of FEED that every station takes: the books or the key were restored."""
    from cardstation.central.feeds.publishing import Said

    done = renew_feed(_centre(home, dsn, key_file), name, Said(f"renewed {name}", by))
    _answer(done, as_json)


@feed.command("give")
@click.argument("station")
@click.argument("districts", nargs=-1, required=True)
@_by
@home_option
@dsn_option
def give_command(
    *, station: str, districts: tuple[str, ...], by: str, home: Path | None, dsn: str
) -> None:
    """Have STATION follow the households of DISTRICTS, from its next contact on."""
    give_districts(_centre(home, dsn, None), station, districts, by)
    print(f"{station} follows {', '.join(districts)}")


@feed.command("take")
@click.argument("station")
@click.argument("districts", nargs=-1, required=True)
@home_option
@dsn_option
def take_command(*, station: str, districts: tuple[str, ...], home: Path | None, dsn: str) -> None:
    """Have STATION follow DISTRICTS no more; what it has of them stays with it."""
    take_districts(_centre(home, dsn, None), station, districts)
    print(f"{station} follows {', '.join(districts)} no more")


@feed.command("list")
@home_option
@dsn_option
@json_option
def list_command(*, home: Path | None, dsn: str, as_json: bool) -> None:
    """Every feed, what it weighs, and how far each station is."""
    found = feeds_told(_centre(home, dsn, None))
    if as_json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str))
        return
    for one in found:
        weighs = f"snapshot {one.snapshot}: {one.packed_bytes:,} bytes"
        print(f"{one.feed}  number {one.number}, {one.rows} rows, {weighs}")
        for who in one.followers:
            has = "never asked" if who.told_at is None else f"has {who.has}"
            print(f"  {who.station}  {has}{', behind' if who.behind else ''}")
    if not found:
        print("nothing was published yet")


def _centre(home: Path | None, dsn: str, key_file: Path | None) -> Centre:
    return Centre(load_settings(home).home, address_of(dsn), key_file)


def _answer(
    done: Sequence[Published],
    as_json: bool,
    *,
    rejected: Sequence[dict[str, object]] = (),
    nobody_gone: bool = False,
) -> None:
    if as_json:
        answer = {"published": [asdict(one) for one in done], "rejected": list(rejected)}
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    for one in done:
        how = "a new snapshot" if one.afresh else "changes"
        counts = f"{one.put} put, {one.gone} gone"
        print(f"{one.feed}  number {one.number}: {counts}; {how}, {one.packed_bytes:,} bytes")
    for row in rejected[:_SHOWN]:
        print(f"row {row['row']} was not taken: {row['code']} {row['field']}")
    if nobody_gone:
        print(f"{len(rejected)} rows were not taken, so nobody was taken off")
    if not done:
        print("nothing changed")


@contextmanager
def _as_csv(file: Path) -> Iterator[Path]:
    """A directory as the CSV file it is, or that its first sheet with rows would be."""
    if file.suffix.lower() not in _WORKBOOKS:
        yield file
        return
    from cardstation.services.lists.files import open_sheets

    rows = next((sheet.rows for sheet in open_sheets(file) if sheet.rows), [])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{file.stem}.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(rows)
        yield path
