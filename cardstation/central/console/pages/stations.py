"""Stations: how each one stands, what it posted today, and taking one out of service."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from cardstation.central.console.pages.station_states import StationState, states
from cardstation.central.console.proposals import Kind, Proposal, propose, waiting
from cardstation.central.console.roles import Right
from cardstation.central.console.visit import (
    ZONE,
    Act,
    Cell,
    Done,
    Export,
    Page,
    Sheet,
    Visit,
    begins,
    ends,
    yuan,
)
from cardstation.central.console.words import STATUSES
from cardstation.central.feeds.followers import Follower, followers
from cardstation.central.tables import class_totals, epochs, journal, stations
from cardstation.errors import Refusal

RECENT = 50
_NAME = re.compile(r"[A-Z][A-Z0-9-]{1,19}")


@dataclass(frozen=True, slots=True)
class Posted:
    """One entry of a station's chain."""

    seq: int
    kind: str
    account_no: str
    card_no: str
    fen: int
    litres: int
    verdict: str
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Epoch:
    """When a station began to count in a new epoch, and who agreed."""

    epoch: int
    from_seq: int
    clerk: str
    approver: str
    granted_at: datetime


@dataclass(frozen=True, slots=True)
class AllStations:
    """The list's value; `cards` and `fen` of today by station, `pending` proposals for new ones."""

    states: tuple[StationState, ...]
    cards: dict[str, int]
    fen: dict[str, int]
    pending: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class OneStation:
    """One station's value."""

    state: StationState
    classes: dict[str, int]
    epochs: tuple[Epoch, ...]
    last: tuple[Posted, ...]
    feeds: tuple[Follower, ...]


def show_all(visit: Visit) -> AllStations:
    """Every station."""
    rows = visit.connection.execute(
        select(journal.c.station, func.count(), func.sum(journal.c.fen))
        .where(
            journal.c.posted_at >= begins(visit.day),
            journal.c.posted_at < ends(visit.day),
            journal.c.kind == "sealed",
            journal.c.verdict != "sealed_before",
        )
        .group_by(journal.c.station)
    ).all()
    return AllStations(
        states=states(visit.connection),
        cards={row[0]: row[1] for row in rows},
        fen={row[0]: int(row[2]) for row in rows},
        pending=waiting(visit.connection, Kind.STATION),
    )


def show_one(visit: Visit) -> OneStation:
    """One station.

    Raises:
        Refusal: `page_unknown`.
    """
    name, connection = visit.asked["station"], visit.connection
    found = states(connection, name)
    if not found:
        raise Refusal("page_unknown")
    classes = connection.execute(
        select(class_totals.c.account_class, class_totals.c.fen)
        .where(class_totals.c.station == name)
        .order_by(class_totals.c.account_class)
    )
    granted = connection.execute(
        select(
            *(epochs.c.epoch, epochs.c.from_seq, epochs.c.clerk, epochs.c.approver),
            epochs.c.granted_at,
        )
        .where(epochs.c.station == name)
        .order_by(epochs.c.epoch)
    )
    last = connection.execute(
        select(
            *(journal.c.seq, journal.c.kind, journal.c.account_no, journal.c.card_no),
            *(journal.c.fen, journal.c.litres, journal.c.verdict, journal.c.posted_at),
        )
        .where(journal.c.station == name)
        .order_by(journal.c.seq.desc())
        .limit(RECENT)
    )
    return OneStation(
        state=found[0],
        classes={row.account_class: row.fen for row in classes},
        epochs=tuple(Epoch(*row) for row in granted),
        last=tuple(Posted(*row) for row in last),
        feeds=followers(connection, name),
    )


def propose_station(visit: Visit) -> Done:
    """Propose a new station, or a new key for one that lost its own.

    Raises:
        Refusal: `station_name_bad`, `reason_missing`, `proposed_already`.
    """
    name, reason = visit.get("station"), visit.get("reason")
    if not _NAME.fullmatch(name):
        raise Refusal("station_name_bad", station=name[:40])
    propose(visit.connection, Kind.STATION, name, {}, reason=reason, by=visit.who.name)
    return Done("proposed", f"station {name}", reason, "stations")


def stop(visit: Visit) -> Done:
    """Take a station out of service: one person may, it bites at the station's next contact.

    Raises:
        Refusal: `reason_missing`, `page_unknown`.
    """
    name, reason = visit.asked["station"], visit.get("reason")
    if not reason:
        raise Refusal("reason_missing")
    stopped = visit.connection.execute(
        update(stations)
        .where(stations.c.station == name, stations.c.status.in_(("active", "suspended")))
        .values(status="revoked")
    )
    if not stopped.rowcount:
        raise Refusal("page_unknown")
    return Done("station_stopped", name, reason, f"stations/{name}")


PAGES = (
    Page("stations", "Stations", Right.LOOK, show_all, icon="reader", key="s"),
    Page("station", "Station", Right.LOOK, show_one, path="stations/{station}"),
)
ACTS = (
    Act("stations", "stations", Right.STATION, propose_station),
    Act("stations/{station}/stop", "station", Right.STATION, stop),
)


def sheet(visit: Visit) -> Sheet:
    """Every station to take along."""
    t, found = visit.t, show_all(visit)
    headings = [
        *(t("Station"), t("State"), t("Version"), t("Cards today"), t("Gas today (yuan)")),
        *(t("Unsent"), t("Last contact"), t("Last entry"), t("Open items")),
    ]
    return Sheet(headings, [_row(visit, one, found) for one in found.states])


def _row(visit: Visit, one: StationState, found: AllStations) -> list[Cell]:
    seen = one.seen_at or one.posted_at
    told = "" if seen is None else seen.astimezone(ZONE).isoformat(" ", "seconds")
    return [
        *(one.station, visit.t(STATUSES.get(one.status, one.status)), one.version),
        *(found.cards.get(one.station, 0), yuan(found.fen.get(one.station, 0)), one.unsent),
        *(told, one.last_seq),
        one.open,
    ]


EXPORTS = (Export("stations", "Stations", Right.LOOK, sheet),)
