"""Feeds for the command line: the books of a data folder or of an address, and the centre's key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cardstation.central.serve import key_file_in, open_books
from cardstation.domain.fed_clerk import FedClerk, clerk_row
from cardstation.domain.feed import clerks_of, directory_of
from cardstation.domain.feed_rows import Policy, household_row, names_household
from cardstation.domain.household import Household
from cardstation.domain.shift import Role
from cardstation.errors import Refusal

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cardstation.central.feeds.followers import FeedTold
    from cardstation.central.feeds.publishing import Published, Said


@dataclass(frozen=True, slots=True)
class Centre:
    """Where the books and the key are.

    Attributes:
        home: The data folder of an embedded ledger, running or not; its key is there too.
        dsn: Another ledger instead.
        key_file: The centre's key when it is elsewhere.
    """

    home: Path
    dsn: str = ""
    key_file: Path | None = None

    @contextmanager
    def books(self) -> Iterator[Connection]:
        """One transaction, as long as it takes."""
        from cardstation.central.engine import transaction
        from cardstation.central.feeds.publishing import DEADLINE_S

        with (
            open_books(self.home, self.dsn) as engine,
            transaction(engine, deadline_s=DEADLINE_S) as connection,
        ):
            yield connection


def publish_directory(
    centre: Centre, households: Iterable[Household], said: Said, *, whole: Callable[[], bool]
) -> tuple[Published, ...]:
    """Publish households, each in the feed of its district.

    Args:
        centre: Where.
        households: No account twice.
        said: On whose word.
        whole: Says, once all were read, whether these are all households of every district among
            them: others there are gone.

    Raises:
        Refusal: `district_missing`, `account_no_not_usable`, `feed_key_taken`,
            `feed_would_shrink`, `secret_unreadable`.
    """
    from cardstation.central.centre_key import load_or_create_centre_key
    from cardstation.central.feeds.publishing import publish

    key = load_or_create_centre_key(centre.key_file or key_file_in(centre.home))
    rows = ((directory_of(_district(one)), household_row(one)) for one in households)
    with centre.books() as connection:
        return publish(connection, key, rows, said, whole=lambda named: named if whole() else ())


def publish_policy(centre: Centre, policy: Policy | None, said: Said) -> tuple[Published, ...]:
    """Publish prices and rules, and what the console decided.

    Raises:
        Refusal: `two_persons_needed`, `name_unknown`, `right_missing`, `feed_would_shrink`,
            `secret_unreadable`.
    """
    from cardstation.central.centre_key import load_or_create_centre_key
    from cardstation.central.console.roles import Right
    from cardstation.central.feeds import policy as policies
    from cardstation.central.two_people import ensure_two

    key = load_or_create_centre_key(centre.key_file or key_file_in(centre.home))
    with centre.books() as connection:
        ensure_two(connection, said.published_by, said.approved_by, Right.TARIFF)
        return policies.publish_policy(connection, key, said, policy)


def publish_clerks(
    centre: Centre, clerks: Sequence[tuple[str, FedClerk]], said: Said
) -> tuple[Published, ...]:
    """Publish the clerks of stations: for each station that is named, these are all.

    Args:
        centre: Where.
        clerks: Each with the station.
        said: On whose word, two people's.

    Raises:
        Refusal: `two_persons_needed`, `name_unknown`, `clerks_station_unknown`, `clerks_lack_lead`
            (a station would be left without a supervisor), `feed_would_shrink`,
            `secret_unreadable`.
    """
    from cardstation.central.centre_key import load_or_create_centre_key
    from cardstation.central.console.roles import Right
    from cardstation.central.feeds.publishing import publish
    from cardstation.central.two_people import ensure_two

    key = load_or_create_centre_key(centre.key_file or key_file_in(centre.home))
    rows = [(clerks_of(station), clerk_row(station, one)) for station, one in clerks]
    with centre.books() as connection:
        ensure_two(connection, said.published_by, said.approved_by, Right.CLERK)
        _ensure_led(connection, clerks)
        return publish(connection, key, rows, said, whole=lambda named: named)


def _ensure_led(connection: Connection, clerks: Sequence[tuple[str, FedClerk]]) -> None:
    from sqlalchemy import select

    from cardstation.central.console.visit import ZONE
    from cardstation.central.tables import stations

    known = set(connection.scalars(select(stations.c.station).where(stations.c.status != "centre")))
    today = datetime.now(ZONE).date()
    leads = {
        station
        for station, one in clerks
        if Role.SUPERVISOR in one.roles and one.last is None and one.works_on(today)
    }
    for station in dict.fromkeys(station for station, _ in clerks):
        if station not in known:
            raise Refusal("clerks_station_unknown", station=station)
        if station not in leads:
            raise Refusal("clerks_lack_lead", station=station)


def renew_feed(centre: Centre, feed: str, said: Said) -> tuple[Published, ...]:
    """Make a new snapshot that every station takes, beyond what any of them says it has.

    Raises:
        Refusal: `feed_unknown`, `secret_unreadable`.
    """
    from cardstation.central.centre_key import load_or_create_centre_key
    from cardstation.central.feeds.publishing import publish

    key = load_or_create_centre_key(centre.key_file or key_file_in(centre.home))
    with centre.books() as connection:
        if feed not in {one.feed for one in _told(connection)}:
            raise Refusal("feed_unknown", feed=feed)
        return publish(connection, key, (), said, renew=(feed,))


def give_districts(centre: Centre, station: str, districts: Sequence[str], by: str) -> None:
    """Have a station follow districts; those it follows already stay.

    Raises:
        Refusal: `feed_unknown`: nothing was published of such a district.
    """
    from sqlalchemy.dialects.postgresql import insert

    from cardstation.central.feeds.tables import station_districts

    with centre.books() as connection:
        known = {one.feed for one in _told(connection)}
        for name in districts:
            feed = directory_of(name)
            if feed not in known:
                raise Refusal("feed_unknown", feed=feed)
            made = insert(station_districts).values(station=station, feed=feed, given_by=by)
            connection.execute(made.on_conflict_do_nothing())


def take_districts(centre: Centre, station: str, districts: Sequence[str]) -> None:
    """Have a station follow districts no more; what it has of them stays with it."""
    from sqlalchemy import delete

    from cardstation.central.feeds.tables import station_districts

    with centre.books() as connection:
        connection.execute(
            delete(station_districts).where(
                station_districts.c.station == station,
                station_districts.c.feed.in_([directory_of(name) for name in districts]),
            )
        )


def feeds_told(centre: Centre) -> tuple[FeedTold, ...]:
    """Every feed, and how far its stations are."""
    with centre.books() as connection:
        return _told(connection)


def _told(connection: Connection) -> tuple[FeedTold, ...]:
    from cardstation.central.feeds.followers import every_feed

    return every_feed(connection)


def _district(household: Household) -> str:
    if not household.team:
        raise Refusal("district_missing", account_no=household.account_no)
    if not names_household(household.account_no):
        raise Refusal("account_no_not_usable", account_no=household.account_no)
    return household.team
