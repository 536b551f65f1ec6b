"""What a station takes from the centre's feeds, and what it refuses with nothing applied."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.central.centre_key import CentreKey
from cardstation.central.feeds.making import (
    bodies_of,
    jump,
    pages_of,
    snapshot_of,
)
from cardstation.domain.feed import MOST_RAW_BYTES, Change, Delta, Snapshot, pack
from cardstation.errors import LedgerRefused, LedgerUnreachable, Refusal
from cardstation.services.feed_state import feed_state
from cardstation.services.follow_feed import follow_feed
from cardstation.store import Store
from tests.kit.desk import bare_desk
from tests.kit.feeds import (
    A,
    B,
    FeedCentre,
    Town,
    directory,
    filed,
    homes,
    numbers,
    rows_of,
)
from tests.kit.postgres import CENTRE_KEY

pytest_plugins = ("tests.kit.feed_fixtures",)


def test_a_new_desk_takes_the_snapshot_then_each_change(town: Town) -> None:
    some = homes(5)
    town.centre.publish(A, rows_of(some))
    state = follow_feed(town.station)
    assert (state.households, numbers(town.station)) == (5, {A: 1})
    some = [replace(some[0], phone="1"), *some[2:], *homes(7)[5:]]
    town.centre.publish(A, rows_of(some))
    follow_feed(town.station)
    assert directory(town.station) == filed(town.centre, A)
    assert numbers(town.station) == {A: 3}, "one change puts, the next takes away"
    assert town.line.pages == [(A, 0)]
    follow_feed(town.station)
    assert town.line.said == {A: 3}


def test_a_desk_without_a_centre_says_so(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store, pytest.raises(Refusal, match="ledger_not_set"):
        follow_feed(bare_desk(store))


def flip(delta: Delta) -> Delta:
    return replace(delta, body=delta.body[:-1] + bytes([delta.body[-1] ^ 1]))


def other_key(delta: Delta) -> Delta:
    return replace(delta, signature=CentreKey(bytes(32)).sign(delta.message))


def signed(delta: Delta) -> Delta:
    return replace(delta, signature=CENTRE_KEY.sign(delta.message))


def holding(delta: Delta, said: object) -> Delta:
    return signed(replace(delta, body=zlib.compress(json.dumps(said).encode())))


def of_another_district(deltas: tuple[Delta, ...]) -> tuple[Delta, ...]:
    return tuple(signed(replace(one, feed=B)) for one in deltas)


HOSTILE: dict[str, tuple[Callable[[tuple[Delta, ...]], Any], str]] = {
    "tampered": (lambda found: (flip(found[0]), *found[1:]), "feed_signature_bad"),
    "wrong key": (lambda found: tuple(map(other_key, found)), "feed_signature_bad"),
    "number changed": (lambda found: (replace(found[0], number=9),), "feed_signature_bad"),
    "skipped": (lambda found: found[1:], "feed_gap"),
    "withheld": (lambda _found: (), "feed_gap"),
    "wrong district": (of_another_district, "feed_mistaken"),
    "another history": (
        lambda found: (signed(replace(found[0], before="1" * 64)),),
        "feed_forked",
    ),
    "older than what it follows": (
        lambda found: (signed(replace(found[0], published=0)),),
        "feed_forked",
    ),
    "not deflated": (
        lambda found: (signed(replace(found[0], body=b"not deflated")),),
        "feed_unreadable",
    ),
    "a bomb": (
        lambda found: (signed(replace(found[0], body=zlib.compress(bytes(MOST_RAW_BYTES + 1)))),),
        "feed_unreadable",
    ),
    "more than a body": (
        lambda found: (signed(replace(found[0], body=found[0].body + b"x")),),
        "feed_unreadable",
    ),
    "no change": (lambda found: (holding(found[0], [1]),), "feed_unreadable"),
    "no columns": (lambda found: (holding(found[0], [[1], []]),), "feed_unreadable"),
    "no household": (lambda found: (holding(found[0], [[["1"], [2]], []]),), "feed_unreadable"),
    "no text": (lambda found: (holding(found[0], [[[7]], []]),), "feed_unreadable"),
    "household of another district": (
        lambda found: (
            signed(replace(found[0], body=pack(Change(tuple(rows_of(homes(1, "x"))))))),
        ),
        "feed_unreadable",
    ),
}


def test_a_hostile_change_is_refused_and_nothing_of_it_applied(town: Town) -> None:
    some = homes(3)
    town.centre.publish(A, rows_of(some))
    follow_feed(town.station)
    for how, (spoil, code) in HOSTILE.items():
        before, at = directory(town.station), numbers(town.station)
        for phone in ("1", how):
            town.centre.publish(A, rows_of([replace(some[0], phone=phone), *some[1:]]))
        town.line.spoil["deltas"] = spoil
        with pytest.raises(LedgerRefused) as refused:
            follow_feed(town.station)
        assert (how, refused.value.code) == (how, code)
        assert (how, directory(town.station), numbers(town.station)) == (how, before, at)
        town.line.spoil.clear()
        follow_feed(town.station)
        assert directory(town.station) == filed(town.centre, A), "the honest one is still taken"


def test_a_replayed_change_is_refused(town: Town) -> None:
    some = homes(2)
    town.centre.publish(A, rows_of(some))
    town.centre.publish(A, rows_of([replace(some[0], phone="1"), some[1]]))
    follow_feed(town.station)
    first = town.centre.feeds[A].deltas[0]
    town.centre.publish(A, rows_of([replace(some[0], phone="2"), some[1]]))
    town.line.spoil["deltas"] = lambda found: (first, *found)
    with pytest.raises(LedgerRefused, match="feed_replayed"):
        follow_feed(town.station)
    assert numbers(town.station) == {A: 2}


def other_pages(found: Snapshot) -> Snapshot:
    return replace(found, pages=tuple(reversed(found.pages)), rows=0)


SNAPSHOTS: dict[str, tuple[str, Callable[[Any], Any], str]] = {
    "other pages": ("snapshot", other_pages, "feed_signature_bad"),
    "wrong district": (
        "snapshot",
        lambda one: replace(
            named := replace(one, feed=B), signature=CENTRE_KEY.sign(named.message)
        ),
        "feed_mistaken",
    ),
    "tampered page": ("page", lambda body: body[:-1] + b"x", "feed_page_bad"),
}


def test_a_hostile_snapshot_is_refused_and_nothing_of_it_applied(town: Town) -> None:
    town.centre.publish(A, rows_of(homes(3)))
    for how, (name, spoil, code) in SNAPSHOTS.items():
        town.line.spoil[name] = spoil
        with pytest.raises(LedgerRefused) as refused:
            follow_feed(town.station)
        assert (how, refused.value.code, directory(town.station)) == (how, code, {})
        town.line.spoil.clear()
    follow_feed(town.station)
    assert directory(town.station) == filed(town.centre, A)


def test_an_older_snapshot_is_no_way_back(town: Town) -> None:
    some = homes(2)
    town.centre.publish(A, rows_of(some))
    old = town.centre.feeds[A].snapshot
    follow_feed(town.station)
    town.centre.publish(A, rows_of(some[:1]))
    follow_feed(town.station)
    town.centre.publish(A, rows_of(some))
    town.centre.begin(A)
    town.line.spoil |= {"deltas": lambda _found: (), "snapshot": lambda _found: old}
    with pytest.raises(LedgerRefused, match="feed_replayed"):
        follow_feed(town.station)
    assert numbers(town.station) == {A: 2}


def test_pages_out_of_order_would_take_households_away_and_are_refused(town: Town) -> None:
    some = homes(4)
    town.centre.publish(A, rows_of(some))
    follow_feed(town.station)
    one = town.centre.feeds[A]
    one.rows = dict(reversed(one.rows.items()))
    bodies = list(bodies_of(one.rows.values()))
    one.head = jump(one.head, 2, pages_of(bodies))
    one.snapshot = snapshot_of(CENTRE_KEY, one.head, pages_of(bodies), 2)
    one.bodies = [body for _, body in bodies]
    with pytest.raises(LedgerRefused, match="feed_unreadable"):
        follow_feed(town.station)
    assert len(directory(town.station)) == 4


def test_a_centre_that_forgot_is_behind_until_it_goes_on_beyond(town: Town) -> None:
    some = homes(3)
    for count in (3, 2, 3):
        town.centre.publish(A, rows_of(some[:count]))
    follow_feed(town.station)
    restored = FeedCentre(moment=100)
    restored.publish(A, rows_of(some[:1]))
    town.line.centre = restored
    with pytest.raises(LedgerRefused, match="feed_behind"):
        follow_feed(town.station)
    restored.publish(A, rows_of(some[:2]))
    restored.publish(A, rows_of(some))
    with pytest.raises(LedgerRefused, match="feed_forked"):
        follow_feed(town.station)
    restored.publish(A, rows_of(some[:2]))
    with pytest.raises(LedgerRefused, match="feed_forked"):
        follow_feed(town.station)
    restored.begin(A, 5)
    follow_feed(town.station)
    assert (directory(town.station), numbers(town.station)) == (filed(restored, A), {A: 5})


def test_who_was_away_for_long_takes_the_snapshot(town: Town) -> None:
    some = homes(3)
    town.centre.publish(A, rows_of(some))
    follow_feed(town.station)
    for at in range(102):
        town.centre.publish(A, rows_of([replace(some[0], phone=str(at)), *some[1:]]))
    town.centre.publish(A, rows_of(some[1:]))
    town.centre.begin(A)
    town.centre.publish(A, rows_of(some[1:2]))
    follow_feed(town.station)
    assert directory(town.station) == filed(town.centre, A)
    assert [line.kind for line in feed_state(town.station).feeds] == ["delta"]
    with town.station.store.reading() as reading:
        assert len(town.line.pages) == 2
        assert reading.feeds.followed(A).number == 105


def test_a_snapshot_cut_midway_is_resumed_and_a_newer_one_begun_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardstation.central.feeds.making.MOST_ROWS", 2)
    some = homes(9)
    town.centre.publish(A, rows_of(some))
    town.line.cut_after = 2
    with pytest.raises(LedgerUnreachable):
        follow_feed(town.station)
    (line,) = feed_state(town.station).feeds
    assert (line.number, line.fetched, line.pages, directory(town.station)) == (0, 2, 5, {})
    town.line.cut_after = 3
    heard: list[int] = []
    with pytest.raises(LedgerUnreachable):
        follow_feed(town.station, lambda one: heard.append(one.fetched))
    assert (heard, town.line.pages) == ([3], [(A, 0), (A, 1), (A, 2)])
    town.centre.feeds[A].rows = {row[0]: row for row in rows_of(some[1:])}
    town.centre.begin(A, 2)
    town.line.cut_after, town.line.pages = 1_000, []
    follow_feed(town.station)
    assert town.line.pages == [(A, page) for page in range(4)]
    assert directory(town.station) == filed(town.centre, A)


def test_who_ends_early_goes_on_from_there(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cardstation.central.feeds.making.MOST_ROWS", 2)
    town.centre.publish(A, rows_of(homes(6)))
    follow_feed(town.station, over=lambda: len(town.line.pages) == 1)
    assert (town.line.pages, directory(town.station)) == ([(A, 0)], {})
    follow_feed(town.station)
    assert town.line.pages == [(A, 0), (A, 1), (A, 2)]
    assert directory(town.station) == filed(town.centre, A)


def test_pages_on_a_disk_that_lies_are_not_applied(town: Town) -> None:
    town.centre.publish(A, rows_of(homes(2)))
    with town.station.store.unit() as unit:
        unit.feeds.begin(town.line.snapshot(A))
        unit.feeds.keep_page(A, 0, b"another page")
        unit.commit()
    with pytest.raises(LedgerRefused, match="feed_page_bad"):
        follow_feed(town.station)
    assert directory(town.station) == {}


def test_a_refused_feed_keeps_no_other_back(town: Town) -> None:
    town.centre.publish(A, rows_of(homes(2)))
    town.centre.publish(B, rows_of(homes(2, "南关服务部")[1:]))
    town.line.spoil["page"] = lambda body: body if len(town.line.pages) > 1 else b""
    with pytest.raises(LedgerRefused, match="feed_page_bad"):
        follow_feed(town.station)
    assert numbers(town.station) == {A: 1, B: 0}
    assert directory(town.station) == filed(town.centre, A)
