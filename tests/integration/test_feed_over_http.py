"""Feeds from the real books over the real line: published, signed, fetched, applied, refused."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from cardstation.central.engine import transaction
from cardstation.central.feeds import wire as theirs
from cardstation.central.feeds.followers import every_feed, followers
from cardstation.domain.message_signature import ANSWER_SIGNATURE
from cardstation.errors import LedgerRefused, LedgerUnreachable, Refusal
from cardstation.services.follow_feed import follow_feed
from cardstation.sync import feed_wire as ours
from cardstation.sync.feed_line import FeedLine
from tests.kit.feed_town import EAST, NIGHTLY, SOUTH, Following, line_of, said, two_districts
from tests.kit.feeds import A, B, directory, homes
from tests.kit.postgres import CENTRE_KEY, TestKey, TestPin

pytest_plugins = ("tests.kit.ledger_fixtures", "tests.kit.feed_fixtures")
pytestmark = pytest.mark.postgres


def test_both_sides_see_the_same_wire() -> None:
    for name in ("FeedHead", "Feeds", "Delta", "Deltas", "Snapshot"):
        told, read = getattr(theirs, name), getattr(ours, name)
        assert told.__struct_fields__ == read.__struct_fields__
        assert {k: str(v) for k, v in told.__annotations__.items()} == {
            k: str(v) for k, v in read.__annotations__.items()
        }


def test_a_station_follows_its_districts_and_no_other(served: Following) -> None:
    some = two_districts()
    first = served.publish(some)
    assert {(one.feed, one.number, one.snapshot) for one in first.values()} == {
        (A, 1, True),
        (B, 1, True),
    }
    assert follow_feed(served.station).feeds == ()
    for ask in (
        lambda: served.line.snapshot(A),
        lambda: served.line.deltas(A, 0),
        lambda: served.line.page(A, 1, 0),
    ):
        with pytest.raises(LedgerRefused, match="feed_not_followed"):
            ask()
    served.give(A)
    follow_feed(served.station)
    assert directory(served.station) == said(some, EAST)
    assert served.publish(some) == {}, "nothing changed is no change"


def test_changes_moves_and_losses_travel_as_changes(served: Following) -> None:
    some = two_districts(40)
    served.publish(some)
    served.give(A, B)
    follow_feed(served.station)
    changed = [replace(some[0], phone="1"), replace(some[2], team=SOUTH), *some[3:]]
    done = served.publish([*changed, some[1]])
    assert {feed: (one.put, one.gone, one.snapshot) for feed, one in done.items()} == {
        A: (1, 1, False),
        B: (1, 0, False),
    }
    follow_feed(served.station)
    assert directory(served.station) == said([*changed, some[1]], EAST, SOUTH)
    done = served.publish(changed)
    assert (done[B].put, done[B].gone) == (0, 1)
    follow_feed(served.station)
    assert directory(served.station) == said(changed, EAST, SOUTH)
    only = [replace(changed[0], phone="2")]
    assert served.publish(only, whole=False)[A].gone == 0
    with transaction(served.centre.books.engine) as connection:
        (first, second) = every_feed(connection)
        assert (first.feed, first.number, first.rows) == (B, 3, 20)
        assert [(one.station, one.has, one.behind) for one in second.followers] == [
            ("S001", 3, True)
        ], "what it has is what it said when it asked last"
    follow_feed(served.station)
    with transaction(served.centre.books.engine) as connection:
        assert {(one.feed, one.has) for one in followers(connection, "S001")} == {(A, 3), (B, 3)}


def test_a_file_that_lacks_half_the_district_is_refused(served: Following) -> None:
    some = homes(60)
    served.publish(some)
    with pytest.raises(Refusal) as refused:
        served.publish(some[:30])
    assert refused.value.values == {"feed": A, "lost": 30, "all": 60}
    done = served.publish(some[:30], said=replace(NIGHTLY, shrinks=True))
    assert (done[A].gone, done[A].afresh) == (30, False)


def test_a_large_change_is_a_snapshot_and_old_pages_go(
    served: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardstation.central.feeds.publishing.MOST_CHANGED", 3)
    monkeypatch.setattr("cardstation.central.feeds.making.MOST_ROWS", 4)
    some = homes(10)
    served.publish(some)
    served.give(A)
    first = served.line.snapshot(A)
    assert (len(first.pages), first.rows) == (3, 10)
    for phone in ("1", "2"):
        some = [replace(one, phone=phone) for one in some]
        assert served.publish(some)[A].afresh
        with monkeypatch.context() as cut:
            cut.setattr(FeedLine, "page", _cut)
            with pytest.raises(LedgerUnreachable):
                follow_feed(served.station)
    with pytest.raises(LedgerRefused, match="feed_page_gone"):
        served.line.page(A, first.number, 0)
    follow_feed(served.station)
    assert directory(served.station) == said(some, EAST)


def _cut(_line: FeedLine, _feed: str, _number: int, _page: int) -> bytes:
    raise LedgerUnreachable


def test_many_small_changes_make_a_snapshot_for_who_begins(
    served: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardstation.central.feeds.snapshots._MANY", 3)
    some = homes(40)
    served.publish(some)
    made = [
        served.publish([replace(some[0], phone=str(at)), *some[1:]])[A].snapshot for at in range(3)
    ]
    assert made == [False, False, True]
    served.give(A)
    assert served.line.snapshot(A).number == 4
    assert [one.number for one in served.line.deltas(A, 1)] == [2, 3, 4]
    assert served.line.deltas(A, 4) == ()


def test_books_from_yesterday_go_on_beyond_what_stations_have(served: Following) -> None:
    some = homes(30)
    served.publish(some)
    served.give(A)
    for phone in ("1", "2"):
        served.publish([replace(some[0], phone=phone), *some[1:]])
    follow_feed(served.station)
    with served.centre.books.owner.begin() as connection:
        connection.execute(text("DELETE FROM feed_deltas WHERE number > 2"))
        restore = "UPDATE feeds SET number = 2, hash = (SELECT before FROM feed_deltas LIMIT 1)"
        connection.execute(text(restore))
    with pytest.raises(LedgerRefused, match="feed_behind"):
        follow_feed(served.station)
    some = [replace(some[0], phone="4"), *some[1:]]
    done = served.publish(some)[A]
    assert (done.number, done.afresh) == (4, True), "it heard that a station has 3"
    follow_feed(served.station)
    assert directory(served.station) == said(some, EAST)


def test_the_service_cannot_change_what_was_published(served: Following) -> None:
    served.publish(homes(2))
    for statement in (
        "UPDATE publications SET put = 0",
        "DELETE FROM publications",
        "UPDATE feed_snapshots SET rows = 0",
        "DELETE FROM feed_deltas",
        "UPDATE feed_pages SET body = ''",
    ):
        with (
            served.centre.books.engine.connect() as connection,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            connection.execute(text(statement))


def test_nothing_is_told_to_who_may_not_ask(served: Following) -> None:
    served.publish(homes(2))
    served.give(A)
    for path in ("feeds", "feeds/deltas?feed=policy&after=0", "feeds/snapshot?feed=policy"):
        assert httpx.get(f"{served.centre.url}/v1/{path}").status_code == 401
    impostor = line_of(served.centre, "S001")
    with pytest.raises(LedgerRefused, match="signature_bad"):
        impostor.told({})
    with served.centre.books.owner.begin() as connection:
        connection.execute(text("UPDATE stations SET status = 'revoked'"))
    with pytest.raises(LedgerRefused, match="station_revoked"):
        served.line.told({})


def test_nonsense_is_refused(served: Following) -> None:
    served.line.head()
    for asked in ("after=-1", "after=x", "after=", "after=1" + "0" * 30):
        with pytest.raises(LedgerRefused, match="request_unreadable"):
            served.line._fresh(f"/v1/feeds/deltas?feed=policy&{asked}", ours.Deltas)


def test_a_page_without_end_is_cut_off(served: Following) -> None:
    def endless(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=iter([bytes(600_000)] * 50))

    line = FeedLine(
        served.centre.url,
        "S001",
        TestKey(),
        TestPin(),
        transport=httpx.MockTransport(endless),
    )
    line._nonce = "nonce"
    with pytest.raises(LedgerUnreachable):
        line.page(A, 1, 0)
    line.close()


def test_an_old_answer_hides_nothing_new(served: Following) -> None:
    """What was told is signed with the nonce of its question, so a caught one is no answer."""
    served.publish(homes(2))
    served.give(A)
    served.line.told({})
    old: list[httpx.Response] = []

    class Replaying(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if not request.url.path.endswith("/feeds"):
                return super().handle_request(request)
            if not old:
                answer = super().handle_request(request)
                answer.read()
                old.append(answer)
            signed = {ANSWER_SIGNATURE: old[0].headers[ANSWER_SIGNATURE]}
            return httpx.Response(200, content=old[0].content, headers=signed)

    line = FeedLine(
        served.centre.url,
        "S001",
        served.line._key,
        TestPin(CENTRE_KEY.public),
        transport=Replaying(),
    )
    line.told({})
    line._nonce = ""
    with served.centre.books.owner.begin() as connection:
        connection.execute(text("UPDATE stations SET nonce = 'another' WHERE station = 'S001'"))
    with pytest.raises(LedgerRefused, match="ledger_signature_bad"):
        line.told({})
    line.close()
