"""Builds a station and its readers out of the rooms, from settings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from cardstation import __version__
from cardstation.bootstrap.beside import board_teller, eager_sender, feed_follower
from cardstation.bootstrap.libraries import shelf_of, with_libraries
from cardstation.bootstrap.purses import purses_beside
from cardstation.bootstrap.sheets import makers_with, sheets_of
from cardstation.domain.money import Money
from cardstation.domain.offline_limit import OfflineLimit
from cardstation.domain.volume import Volume
from cardstation.ports.clock import Clock
from cardstation.ports.keys import DeviceKey
from cardstation.services.intent.anchoring import anchor_journal, anchor_problem
from cardstation.services.station import Station
from cardstation.settings import Settings, anchors_of
from cardstation.store import Store
from drivers.chips import CHIPS
from drivers.clocks import SystemClock, shift_of
from drivers.keys import (
    Argon2Pin,
    CombinedCardKeys,
    KeptDeviceKey,
    PinnedCentre,
    Secret,
    load_master_secret,
)
from drivers.layouts import LAYOUTS
from drivers.layouts.open_tools import TOOL_LAYOUTS
from drivers.payments import PAYMENTS

if TYPE_CHECKING:
    from cardstation.sync.feed_line import FeedLine

_KEY_ID_DIGITS = 16


@contextmanager
def open_station(settings: Settings, writing: bool, *, but: str = "") -> Iterator[Station]:
    """Open the station of a data folder; a writer that ends in order leaves the anchor at its end.

    Args:
        settings: Whose `home` and names are used.
        writing: Take the writer's lock; a reader works beside an open desk.
        but: Code of a registered sheet that is left out, since it is about to be changed.

    Raises:
        StationBusy: another process writes. Refusal: `library_description`, `bad_setting`, those
            of `sheets_of`.
    """
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = partial(anchor_place, settings.home, anchors_of(settings), device_key_of(settings))
    with (
        Store.open(settings.home, read_only=not writing, anchor_at=place) as store,
        _hanging_up(station_on(store, settings, but)) as whole,
        purses_beside(whole, settings) as station,
    ):
        if not writing:
            yield station
            return
        store.anchor.move_out()
        with eager_sender() as eager, feed_follower() as follower, board_teller() as teller:

            def synced() -> None:
                follower.ring()
                teller.ring()

            at_work = replace(station, armed=eager.ring, synced=synced)
            if at_work.ledger is not None:
                eager.serve(at_work)
                teller.serve(at_work)
            if at_work.feeds is not None:
                follower.serve(at_work)
            yield at_work
        anchor_journal(station)


@contextmanager
def _hanging_up(station: Station) -> Iterator[Station]:
    """The station; its line to the ledger ends with it."""
    try:
        yield station
    finally:
        if station.ledger is not None:
            from cardstation.sync.http_ledger import HttpLedger

            if isinstance(station.ledger, HttpLedger):
                station.ledger.close()


def station_on(store: Store, settings: Settings, but: str = "") -> Station:
    """Put a station together around an open store."""
    home = settings.home
    device_key = device_key_of(settings)
    clock = SystemClock(settings.zone, shift_of(home))
    sheets = sheets_of(settings, but=but)
    makers = makers_with(sheets)
    station = Station(
        store=store,
        chips=CHIPS,
        layouts=(*LAYOUTS, *(one.sheet.layout for one in sheets)),
        tool_layouts=TOOL_LAYOUTS,
        makers=makers,
        keys=CombinedCardKeys(partial(load_master_secret, home), makers),
        device_key=device_key,
        clock=clock,
        ledger=None,
        name=settings.station,
        number=settings.station_no,
        clerk=settings.clerk,
        company=settings.company,
        training=settings.training,
        payments=PAYMENTS,
        pins=Argon2Pin(),
        offline_limit=OfflineLimit(
            Money(settings.offline_limit_yuan * 100), settings.offline_limit_hours
        ),
        free_gas=Volume.of_m3(str(settings.free_gas_m3)),
        emergency=Volume.of_m3(str(settings.emergency_m3)),
    )
    line = _ledger(settings, device_key, clock, partial(news_of, station))
    return with_libraries(replace(station, ledger=line, feeds=line), shelf_of(settings, but=but))


def anchor_place(home: Path, outside: Path, key: KeptDeviceKey) -> Path:
    """Where the rollback anchor is: outside the data folder, named by the station's own key."""
    if not key.made:
        return home / "anchor"
    return outside / key.public.hex()[:_KEY_ID_DIGITS]


def device_key_of(settings: Settings) -> KeptDeviceKey:
    """The station's signing key; the terminal is asked for a passphrase that nothing gives."""
    return KeptDeviceKey(settings.home, training=settings.training, ask=_asked)


def _asked() -> Secret | None:
    if not sys.stdin or not sys.stdin.isatty():
        return None
    typed = getpass("Passphrase of the device key: ", stream=sys.stderr)
    return Secret(typed.encode()) if typed else None


def news_of(station: Station) -> dict[str, str]:
    """What the centre's list of stations shows of this one, and who asks for an offline grant.

    Records that are older than their anchor lack what was done since: it is unsent, how much
    nobody can say here.
    """
    with station.store.reading() as reading:
        acked, _ = reading.outbox.acked()
        unsent, oldest = reading.journal.count_since(acked), reading.journal.at(acked + 1)
        if anchor_problem(station, reading) is not None:
            unsent += 1
        granted = reading.grants.taken()
    written = None if oldest is None else oldest.written_at
    since = "" if written is None else written.isoformat(timespec="seconds")
    return {
        "version": __version__,
        "unsent": str(unsent),
        "oldest": since,
        "boot": station.clock.boot_id,
        "grant": "0" if granted is None else str(granted.grant.number),
    }


def _ledger(
    settings: Settings, key: DeviceKey, clock: Clock, news: Callable[[], Mapping[str, str]]
) -> FeedLine | None:
    if not settings.ledger_url:
        return None
    from cardstation.sync.feed_line import FeedLine

    return FeedLine(
        settings.ledger_url,
        settings.station,
        key,
        PinnedCentre(settings.home),
        created=lambda: int(clock.now().timestamp()),
        news=news,
    )
