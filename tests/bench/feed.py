"""The directory of a whole city as feeds: bytes over the line, and minutes until a desk may sell.

The city is the one of the other benches, with numbers of telephones, cards and meters, purchases
and counters drawn for each household: the same for all would compress to nothing. Applying is
processor time, so that others at work on this machine do not count; the floor is the line itself.
"""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.services.follow_feed import follow_feed
from cardstation.store import Store
from tests.bench.city import (
    HOUSEHOLDS,
    IN_A_COMMUNITY,
    account_no,
    address_of,
    name_of,
    template,
)
from tests.bench.row import Row
from tests.kit.desk import bare_desk
from tests.kit.feeds import FeedCentre, FeedsInMemory, directory_of, rows_of

TEAMS = 22
DISTRICT = HOUSEHOLDS // TEAMS
CHANGED = 2_000
"""Households of a district of which something changed overnight."""
LINE_BYTES_S = 10_000_000 / 8


def measure() -> list[Row]:
    """A district through the service itself, and every other one as bytes."""
    centre, feed = FeedCentre(), directory_of(team(0))
    some = list(homes(0))
    made_s = _worked_s(lambda: centre.publish(feed, rows_of(some)))
    snapshot = centre.feeds[feed].snapshot
    assert snapshot is not None
    city = sum(packed(number) for number in range(1, TEAMS)) + snapshot.packed_bytes
    folder = Path(tempfile.mkdtemp())
    try:
        applied_s, changed_s, changed = _followed(folder, centre, feed, some)
    finally:
        shutil.rmtree(folder)
    fetched_s, all_s = snapshot.packed_bytes / LINE_BYTES_S, city / LINE_BYTES_S
    return [
        Row(f"district of {DISTRICT}", snapshot.packed_bytes / 1e6, unit="MB", against="packed"),
        Row("  per household", snapshot.packed_bytes / DISTRICT, unit="B"),
        Row("  new desk ready", fetched_s + applied_s, fetched_s, "s", "10 Mbit/s, fetching alone"),
        Row("  of it applying", applied_s, unit="s", against=f"{len(snapshot.pages)} pages, once"),
        Row("  pages made and signed", made_s, unit="s", against="at the centre"),
        Row(f"{CHANGED} changes", changed / 1e3, unit="kB", against="a night's"),
        Row("  applied beside sales", changed_s, unit="s", against=f"{CHANGED // 500} commits"),
        Row(f"city of {HOUSEHOLDS}", city / 1e6, unit="MB", against=f"{TEAMS} districts"),
        Row("  new desk ready", all_s + TEAMS * applied_s, all_s, "s", "10 Mbit/s, fetching alone"),
    ]


def _followed(
    folder: Path, centre: FeedCentre, feed: str, some: list[Household]
) -> tuple[float, float, int]:
    line = FeedsInMemory(centre)
    with Store.open(folder) as store:
        station = replace(bare_desk(store), feeds=line)
        applied_s = _worked_s(lambda: follow_feed(station))
        for at in range(CHANGED):
            some[at * 30] = replace(some[at * 30], bought_this_year=Volume(at))
        centre.publish(feed, rows_of(some))
        changed_s = _worked_s(lambda: follow_feed(station))
    return applied_s, changed_s, sum(len(one.body) for one in centre.feeds[feed].deltas)


def _worked_s(work: Callable[[], object]) -> float:
    """Seconds of processor time."""
    began = time.process_time()
    work()
    return time.process_time() - began


def packed(number: int) -> int:
    """Bytes of a district's snapshot."""
    centre = FeedCentre()
    centre.publish(directory_of(team(number)), rows_of(list(homes(number))))
    snapshot = centre.feeds[directory_of(team(number))].snapshot
    return 0 if snapshot is None else snapshot.packed_bytes


def team(number: int) -> str:
    """Its name."""
    return f"第{number + 1}服务部"


def homes(number: int) -> Iterator[Household]:
    """The households of a district."""
    chance, first = random.Random(number), template()
    for at in range(number * DISTRICT, (number + 1) * DISTRICT):
        bought = chance.randrange(0, 700_000, 100)
        yield replace(
            first,
            account_no=account_no(at),
            name=name_of(chance.randrange(8_000)),
            phone=f"1{chance.randrange(3, 10)}{chance.randrange(10**9):09d}",
            address=address_of(at),
            team=team(number),
            card_no=f"8801{chance.randrange(10**10):010d}",
            meter=replace(first.meter, meter_no=f"QM{chance.randrange(10**10):010d}"),
            persons=chance.choice((2, 3, 3, 4, 5)),
            bought_this_year=Volume(bought),
            purchase_counter=chance.randrange(120),
            arrears=Money(chance.choice((0,) * 30 + (1_240, 8_850))),
            zone=("", "封控区", "防范区")[at // IN_A_COMMUNITY % 3],
        )
