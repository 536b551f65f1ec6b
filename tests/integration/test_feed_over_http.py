"""Feeds from the real books over the real line: published, signed, fetched, applied, refused."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import httpx
import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from cardstation.central.console.roles import Role
from cardstation.central.console.tables import blacklist as blacklist_table
from cardstation.central.console.tables import decisions, proposals, tariffs
from cardstation.central.engine import transaction
from cardstation.central.feeds import wire as theirs
from cardstation.central.feeds.followers import every_feed, followers
from cardstation.central.feeds.policy import publish_policy
from cardstation.central.feeds.publishing import Published, Said, publish
from cardstation.central.feeds.tables import station_districts
from cardstation.domain.feed import POLICY, Row, directory_of
from cardstation.domain.feed_rows import Policy, household_row
from cardstation.domain.household import Household
from cardstation.domain.tariff import HouseholdSize
from cardstation.domain.volume import Volume
from cardstation.errors import LedgerRefused, LedgerUnreachable, Refusal
from cardstation.services.follow_feed import follow_feed
from cardstation.services.station import Station
from cardstation.store import Store
from cardstation.sync import feed_wire as ours
from cardstation.sync.feed_line import FeedLine
from tests.kit.console import logged_in, person
from tests.kit.desk import bare_desk
from tests.kit.feeds import A, B, directory, homes
from tests.kit.postgres import CENTRE_KEY, CODES, Centre, TestKey, TestPin
from tests.kit.station import DESK_RULES, RESIDENTIAL

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

NIGHTLY = Said("households.csv", "command line")
EAST, SOUTH = "朝阳服务部", "南关服务部"


@dataclass
class Following:
    """A centre, a line to it and the desk at its end."""

    centre: Centre
    line: FeedLine
    station: Station

    def publish(
        self, some: Sequence[Household], *, whole: bool = True, said: Said = NIGHTLY
    ) -> dict[str, Published]:
        rows: list[tuple[str, Row]] = [(directory_of(one.team), household_row(one)) for one in some]
        with transaction(self.centre.books.engine) as connection:
            done = publish(
                connection, CENTRE_KEY, rows, said, whole=lambda named: named if whole else ()
            )
        return {one.feed: one for one in done}

    def give(self, *feeds: str) -> None:
        rows = [{"station": "S001", "feed": feed, "given_by": "test"} for feed in feeds]
        with transaction(self.centre.books.engine) as connection:
            connection.execute(insert(station_districts), rows)


def line_of(centre: Centre, name: str, **given: object) -> FeedLine:
    line = FeedLine(centre.url, name, TestKey(), TestPin(CENTRE_KEY.public), **given)  # type: ignore[arg-type]
    centre.opened.callback(line.close)
    return line


@contextmanager
def following(centre: Centre, home: Path) -> Iterator[Following]:
    line = line_of(centre, "S001")
    line.enrol(CODES[1])
    with Store.open(home) as store:
        yield Following(centre, line, replace(bare_desk(store), ledger=line, feeds=line))


@pytest.fixture
def town(centre: Centre, tmp_path: Path) -> Iterator[Following]:
    with following(centre, tmp_path) as found:
        yield found


def two_districts(count: int = 6) -> list[Household]:
    some = homes(count)
    return [replace(one, team=SOUTH) if at % 2 else one for at, one in enumerate(some)]


def said(some: Sequence[Household], *teams: str) -> dict[str, Row]:
    return {one.account_no: household_row(one) for one in some if one.team in teams}


def test_both_sides_see_the_same_wire() -> None:
    for name in ("FeedHead", "Feeds", "Delta", "Deltas", "Snapshot"):
        told, read = getattr(theirs, name), getattr(ours, name)
        assert told.__struct_fields__ == read.__struct_fields__
        assert {k: str(v) for k, v in told.__annotations__.items()} == {
            k: str(v) for k, v in read.__annotations__.items()
        }


def test_a_station_follows_its_districts_and_no_other(town: Following) -> None:
    some = two_districts()
    first = town.publish(some)
    assert {(one.feed, one.number, one.snapshot) for one in first.values()} == {
        (A, 1, True),
        (B, 1, True),
    }
    assert follow_feed(town.station).feeds == ()
    for ask in (
        lambda: town.line.snapshot(A),
        lambda: town.line.deltas(A, 0),
        lambda: town.line.page(A, 1, 0),
    ):
        with pytest.raises(LedgerRefused, match="feed_not_followed"):
            ask()
    town.give(A)
    follow_feed(town.station)
    assert directory(town.station) == said(some, EAST)
    assert town.publish(some) == {}, "nothing changed is no change"


def test_changes_moves_and_losses_travel_as_changes(town: Following) -> None:
    some = two_districts(40)
    town.publish(some)
    town.give(A, B)
    follow_feed(town.station)
    changed = [replace(some[0], phone="1"), replace(some[2], team=SOUTH), *some[3:]]
    done = town.publish([*changed, some[1]])
    assert {feed: (one.put, one.gone, one.snapshot) for feed, one in done.items()} == {
        A: (1, 1, False),
        B: (1, 0, False),
    }
    follow_feed(town.station)
    assert directory(town.station) == said([*changed, some[1]], EAST, SOUTH)
    done = town.publish(changed)
    assert (done[B].put, done[B].gone) == (0, 1)
    follow_feed(town.station)
    assert directory(town.station) == said(changed, EAST, SOUTH)
    only = [replace(changed[0], phone="2")]
    assert town.publish(only, whole=False)[A].gone == 0
    with transaction(town.centre.books.engine) as connection:
        (first, second) = every_feed(connection)
        assert (first.feed, first.number, first.rows) == (B, 3, 20)
        assert [(one.station, one.has, one.behind) for one in second.followers] == [
            ("S001", 3, True)
        ], "what it has is what it said when it asked last"
    follow_feed(town.station)
    with transaction(town.centre.books.engine) as connection:
        assert {(one.feed, one.has) for one in followers(connection, "S001")} == {(A, 3), (B, 3)}


def test_a_file_that_lacks_half_the_district_is_refused(town: Following) -> None:
    some = homes(60)
    town.publish(some)
    with pytest.raises(Refusal) as refused:
        town.publish(some[:30])
    assert refused.value.values == {"feed": A, "lost": 30, "all": 60}
    done = town.publish(some[:30], said=replace(NIGHTLY, shrinks=True))
    assert (done[A].gone, done[A].afresh) == (30, False)


def test_a_large_change_is_a_snapshot_and_old_pages_go(
    town: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardstation.central.feeds.publishing.MOST_CHANGED", 3)
    monkeypatch.setattr("cardstation.central.feeds.making.MOST_ROWS", 4)
    some = homes(10)
    town.publish(some)
    town.give(A)
    first = town.line.snapshot(A)
    assert (len(first.pages), first.rows) == (3, 10)
    for phone in ("1", "2"):
        some = [replace(one, phone=phone) for one in some]
        assert town.publish(some)[A].afresh
        with monkeypatch.context() as cut:
            cut.setattr(FeedLine, "page", _cut)
            with pytest.raises(LedgerUnreachable):
                follow_feed(town.station)
    with pytest.raises(LedgerRefused, match="feed_page_gone"):
        town.line.page(A, first.number, 0)
    follow_feed(town.station)
    assert directory(town.station) == said(some, EAST)


def _cut(_line: FeedLine, _feed: str, _number: int, _page: int) -> bytes:
    raise LedgerUnreachable


def test_many_small_changes_make_a_snapshot_for_who_begins(
    town: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardstation.central.feeds.snapshots._MANY", 3)
    some = homes(40)
    town.publish(some)
    made = [
        town.publish([replace(some[0], phone=str(at)), *some[1:]])[A].snapshot for at in range(3)
    ]
    assert made == [False, False, True]
    town.give(A)
    assert town.line.snapshot(A).number == 4
    assert [one.number for one in town.line.deltas(A, 1)] == [2, 3, 4]
    assert town.line.deltas(A, 4) == ()


def test_books_from_yesterday_go_on_beyond_what_stations_have(town: Following) -> None:
    some = homes(30)
    town.publish(some)
    town.give(A)
    for phone in ("1", "2"):
        town.publish([replace(some[0], phone=phone), *some[1:]])
    follow_feed(town.station)
    with town.centre.books.owner.begin() as connection:
        connection.execute(text("DELETE FROM feed_deltas WHERE number > 2"))
        restore = "UPDATE feeds SET number = 2, hash = (SELECT before FROM feed_deltas LIMIT 1)"
        connection.execute(text(restore))
    with pytest.raises(LedgerRefused, match="feed_behind"):
        follow_feed(town.station)
    some = [replace(some[0], phone="4"), *some[1:]]
    done = town.publish(some)[A]
    assert (done.number, done.afresh) == (4, True), "it heard that a station has 3"
    follow_feed(town.station)
    assert directory(town.station) == said(some, EAST)


def test_the_service_cannot_change_what_was_published(town: Following) -> None:
    town.publish(homes(2))
    for statement in (
        "UPDATE publications SET put = 0",
        "DELETE FROM publications",
        "UPDATE feed_snapshots SET rows = 0",
        "DELETE FROM feed_deltas",
        "UPDATE feed_pages SET body = ''",
    ):
        with (
            town.centre.books.engine.connect() as connection,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            connection.execute(text(statement))


def decide(town: Following, kind: str, subject: str, body: dict[str, object]) -> int:
    """Two people of the console agree."""
    with town.centre.books.owner.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO people (name, display, secret_hash, must_change) VALUES"
                " ('anna', '', '', false), ('bert', '', '', false) ON CONFLICT DO NOTHING"
            )
        )
        made = {"kind": kind, "subject": subject, "body": json.dumps(body), "made_by": "anna"}
        number = connection.execute(
            insert(proposals).values(**made, reason="why").returning(proposals.c.number)
        ).scalar_one()
        connection.execute(
            insert(decisions).values(
                proposal=number,
                made_by="anna",
                kind=kind,
                verdict="approved",
                decided_by="bert",
                words="",
            )
        )
        return int(number)


def block(town: Following, card_no: str, *, listed: bool = True) -> None:
    number = decide(town, "blacklist", card_no, {})
    with town.centre.books.owner.begin() as connection:
        connection.execute(
            insert(blacklist_table).values(
                proposal=number, card_no=card_no, listed=listed, reason="lost"
            )
        )


def test_what_two_people_decide_reaches_the_desk_at_its_next_contact(town: Following) -> None:
    follow_feed(town.station)
    block(town, "88013025000001")
    follow_feed(town.station)
    with town.station.store.reading() as reading:
        assert reading.blocked.every() == {"88013025000001": "lost"}
        assert reading.tariffs.every() == ()
    size = HouseholdSize(5, Volume(48_000), Volume(480_000), 7, 11_000)
    large = replace(RESIDENTIAL, household_size=size)
    two = Said("tariffs.json", "anna", "bert", shrinks=True)
    with transaction(town.centre.books.engine) as connection:
        (done,) = publish_policy(connection, CENTRE_KEY, two, Policy((large,), DESK_RULES))
    assert done.afresh, "prices come with all there is: what a desk had of its own is gone"
    follow_feed(town.station)
    block(town, "88013025000001", listed=False)
    block(town, "88013025000002")
    body = {"code": "residential", "from": "2027-01-01", "tiers": [{"to_m3": None, "price": "3"}]}
    number = decide(town, "tariff", "residential@2027-01-01", body)
    with town.centre.books.owner.begin() as connection:
        connection.execute(
            insert(tariffs).values(
                version="residential@2027-01-01",
                code="residential",
                effective=date(2027, 1, 1),
                body=json.dumps(body),
                proposal=number,
            )
        )
    follow_feed(town.station)
    with town.station.store.reading() as reading:
        assert reading.blocked.every() == {"88013025000002": "lost"}
        assert reading.tariffs.rules() == DESK_RULES
        (before, after) = reading.tariffs.every()
        assert (before, after.tiers[0].price_e4) == (large, 30_000)
        assert after.household_size == size, "a form knows no steps for large households"
    follow_feed(town.station)
    with transaction(town.centre.books.engine) as connection:
        (policy,) = every_feed(connection)
        assert (policy.feed, policy.followers[0].behind) == (POLICY, False)


def test_prices_need_two_people_in_the_books_too(town: Following) -> None:
    alone = Said("tariffs.json", "anna", "anna")
    prices = Policy((RESIDENTIAL,), DESK_RULES)
    with (
        transaction(town.centre.books.engine) as connection,
        pytest.raises(IntegrityError, match="publications_two_persons"),
        connection.begin_nested(),
    ):
        publish_policy(connection, CENTRE_KEY, alone, prices)


def test_nothing_is_told_to_who_may_not_ask(town: Following) -> None:
    town.publish(homes(2))
    town.give(A)
    for path in ("feeds", "feeds/deltas?feed=policy&after=0", "feeds/snapshot?feed=policy"):
        assert httpx.get(f"{town.centre.url}/v1/{path}").status_code == 401
    impostor = line_of(town.centre, "S001")
    with pytest.raises(LedgerRefused, match="signature_bad"):
        impostor.told({})
    with town.centre.books.owner.begin() as connection:
        connection.execute(text("UPDATE stations SET status = 'revoked'"))
    with pytest.raises(LedgerRefused, match="station_revoked"):
        town.line.told({})


@pytest.mark.parametrize("asked", ["after=-1", "after=x", "after=", "after=1" + "0" * 30])
def test_nonsense_is_refused(town: Following, asked: str) -> None:
    town.line.head()
    with pytest.raises(LedgerRefused, match="request_unreadable"):
        town.line._fresh(f"/v1/feeds/deltas?feed=policy&{asked}", ours.Deltas)


def test_a_page_without_end_is_cut_off(town: Following) -> None:
    def endless(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=iter([bytes(600_000)] * 50))

    line = FeedLine(
        town.centre.url,
        "S001",
        TestKey(),
        TestPin(),
        transport=httpx.MockTransport(endless),
    )
    line._nonce = "nonce"
    with pytest.raises(LedgerUnreachable):
        line.page(A, 1, 0)
    line.close()


def test_an_old_answer_hides_nothing_new(town: Following) -> None:
    """What was told is signed with the nonce of its question, so a caught one is no answer."""
    town.publish(homes(2))
    town.give(A)
    town.line.told({})
    old: list[httpx.Response] = []

    class Replaying(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if not request.url.path.endswith("/feeds"):
                return super().handle_request(request)
            if not old:
                answer = super().handle_request(request)
                answer.read()
                old.append(answer)
            return httpx.Response(200, content=old[0].content)

    line = FeedLine(
        town.centre.url, "S001", town.line._key, TestPin(CENTRE_KEY.public), transport=Replaying()
    )
    line.told({})
    line._nonce = ""
    with town.centre.books.owner.begin() as connection:
        connection.execute(text("UPDATE stations SET nonce = 'another' WHERE station = 'S001'"))
    with pytest.raises(LedgerRefused, match="ledger_signature_bad"):
        line.told({})
    line.close()


@pytest.mark.parametrize(("lang", "words"), [("en", "Households of"), ("zh_CN", "用户档案")])
def test_the_page_of_a_station_says_what_it_follows(town: Following, lang: str, words: str) -> None:
    person(town.centre.books, "chief", Role.STATION_ADMIN)
    town.publish(homes(2))
    town.give(A)
    with logged_in(town.centre, "chief", lang) as browser:
        page = browser.get("stations/S001").text
        assert words in page
        assert page.count("chip warn") == 1, "it never asked"
        follow_feed(town.station)
        follow_feed(town.station)
        assert "chip warn" not in browser.get("stations/S001").text
