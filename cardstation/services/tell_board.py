"""Tells the centre what its board shows beside the facts: open cases of bags, and gas left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from cardstation.domain.board_told import BoardTold, GasLeft
from cardstation.errors import Refusal
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.intent.gas_left import gas_left, newest_bag, whose
from cardstation.services.station import Station
from cardstation.store import Reading

AT_ONCE = 500
"""Households in one message."""
SETTLES = timedelta(minutes=15)
"""A card that was read is loaded by then; until then its household is told again each time."""


def tell_board(station: Station) -> None:
    """Say it whole for the bags, and of households what the centre has not heard yet.

    Nothing is kept here: the centre says up to when it has heard. Safe to be cut at any point.

    Raises:
        LedgerUnreachable: no answer; tell it another time.
        LedgerRefused: `station_suspended`, …
        Refusal: `ledger_not_set`.
    """
    ledger = station.ledger
    if ledger is None:
        raise Refusal("ledger_not_set")
    now = station.clock.now()
    waits = Counter(one.batch_id for one in exceptions_state(station) if one.batch_id)
    heard = ledger.tell_board(BoardTold(waits))
    with station.store.reading() as reading:
        gas = tuple(_gas(reading, heard, now))
    for at in range(0, len(gas), AT_ONCE):
        part = gas[at : at + AT_ONCE]
        last = at + AT_ONCE >= len(gas)
        ledger.tell_board(BoardTold(waits, part, now - SETTLES if last else None))


def _gas(reading: Reading, since: datetime | None, now: datetime) -> Iterator[GasLeft]:
    for community, accounts in sorted(reading.readings.touched_since(since).items()):
        homes = reading.households.of_community(community)
        bag = newest_bag(reading, community)
        for one in gas_left(reading, community, homes, now):
            read_at = one.forecast.read_at
            if one.home.account_no not in accounts or read_at is None:
                continue
            team, zone = whose(bag, one.home)
            yield GasLeft(
                account_no=one.home.account_no,
                card_no=one.home.card_no,
                counter=one.counter,
                out_at=one.forecast.out_at,
                read_at=read_at,
                team=team,
                zone=zone.value,
            )
