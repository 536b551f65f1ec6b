"""Any changes, then a snapshot, then changes again: what is on file is what the centre says."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardstation.services.follow_feed import follow_feed
from cardstation.services.station import Station
from tests.kit.feeds import (
    A,
    B,
    FeedCentre,
    FeedsInMemory,
    directory,
    filed,
    following_desk,
    homes,
    rows_of,
)

pytest_plugins = ("tests.kit.fast_disk",)

HOMES = homes(6)
TEAMS = {A: "朝阳服务部", B: "南关服务部"}

publications = st.lists(
    st.tuples(*(st.sampled_from([None, A, B]) for _ in HOMES), st.sampled_from("abc")),
    min_size=2,
    max_size=6,
)
"""Where each household is filed, and what is said of all; each household in one district."""

journeys = st.lists(st.sampled_from(["A", "B", "both", "snapshot", "skip"]), min_size=6, max_size=6)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(said=publications, journey=journeys)
def test_any_prefix_of_changes_then_a_snapshot_is_the_directory(
    folder: Path, said: list[tuple[str | None, ...]], journey: list[str]
) -> None:
    centre = FeedCentre()
    line = centre.line()
    station = following_desk(Path(tempfile.mkdtemp(dir=folder)), line)
    try:
        for (*places, phone), step in zip(said, journey, strict=False):
            centre.moment += 1
            for feed in (A, B):
                there = [
                    replace(home, team=TEAMS[feed], phone=str(phone))
                    for home, place in zip(HOMES, places, strict=True)
                    if place == feed
                ]
                centre.publish(feed, rows_of(there), later=False)
            _go(centre, line, station, step)
        line.follows = None
        follow_feed(station)
        assert directory(station) == filed(centre, A, B)
    finally:
        station.store.close()


def _go(centre: FeedCentre, line: FeedsInMemory, station: Station, step: str) -> None:
    """One district is followed, or both, or neither; or a snapshot stands for the changes."""
    if step == "skip":
        return
    if step == "snapshot":
        for feed in (A, B):
            centre.feeds[feed].deltas.clear()
            centre.begin(feed, centre.feeds[feed].head.number + 2)
    line.follows = {"A": (A,), "B": (B,)}.get(step)
    follow_feed(station)
