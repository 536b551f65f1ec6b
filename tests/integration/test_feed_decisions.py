"""What two people decide at the centre reaches the desks, and its pages say how far they are."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from cardstation.central.console.roles import Role
from cardstation.central.console.tables import blacklist as blacklist_table
from cardstation.central.console.tables import decisions, proposals, tariffs
from cardstation.central.engine import transaction
from cardstation.central.feeds.followers import every_feed
from cardstation.central.feeds.policy import publish_policy
from cardstation.central.feeds.publishing import Said
from cardstation.domain.feed import POLICY
from cardstation.domain.feed_rows import Policy
from cardstation.domain.tariff import HouseholdSize
from cardstation.domain.volume import Volume
from cardstation.services.follow_feed import follow_feed
from tests.kit.console import logged_in, person
from tests.kit.feed_town import Following
from tests.kit.feeds import A, homes
from tests.kit.postgres import CENTRE_KEY
from tests.kit.station import DESK_RULES, RESIDENTIAL

pytest_plugins = ("tests.kit.ledger_fixtures", "tests.kit.feed_fixtures")
pytestmark = pytest.mark.postgres


def decide(served: Following, kind: str, subject: str, body: dict[str, object]) -> int:
    """Two people of the console agree."""
    with served.centre.books.owner.begin() as connection:
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


def block(served: Following, card_no: str, *, listed: bool = True) -> None:
    number = decide(served, "blacklist", card_no, {})
    with served.centre.books.owner.begin() as connection:
        connection.execute(
            insert(blacklist_table).values(
                proposal=number, card_no=card_no, listed=listed, reason="lost"
            )
        )


def test_what_two_people_decide_reaches_the_desk_at_its_next_contact(served: Following) -> None:
    follow_feed(served.station)
    block(served, "88013025000001")
    follow_feed(served.station)
    with served.station.store.reading() as reading:
        assert reading.blocked.every() == {"88013025000001": "lost"}
        assert reading.tariffs.every() == ()
    size = HouseholdSize(5, Volume(48_000), Volume(480_000), 7, 11_000)
    large = replace(RESIDENTIAL, household_size=size)
    two = Said("tariffs.json", "anna", "bert", shrinks=True)
    with transaction(served.centre.books.engine) as connection:
        (done,) = publish_policy(connection, CENTRE_KEY, two, Policy((large,), DESK_RULES))
    assert done.afresh, "prices come with all there is: what a desk had of its own is gone"
    follow_feed(served.station)
    block(served, "88013025000001", listed=False)
    block(served, "88013025000002")
    body = {"code": "residential", "from": "2027-01-01", "tiers": [{"to_m3": None, "price": "3"}]}
    number = decide(served, "tariff", "residential@2027-01-01", body)
    with served.centre.books.owner.begin() as connection:
        connection.execute(
            insert(tariffs).values(
                version="residential@2027-01-01",
                code="residential",
                effective=date(2027, 1, 1),
                body=json.dumps(body),
                proposal=number,
            )
        )
    follow_feed(served.station)
    with served.station.store.reading() as reading:
        assert reading.blocked.every() == {"88013025000002": "lost"}
        assert reading.tariffs.rules() == DESK_RULES
        (before, after) = reading.tariffs.every()
        assert (before, after.tiers[0].price_e4) == (large, 30_000)
        assert after.household_size == size, "a form knows no steps for large households"
    follow_feed(served.station)
    with transaction(served.centre.books.engine) as connection:
        (policy,) = every_feed(connection)
        assert (policy.feed, policy.followers[0].behind) == (POLICY, False)


def test_prices_need_two_people_in_the_books_too(served: Following) -> None:
    alone = Said("tariffs.json", "anna", "anna")
    prices = Policy((RESIDENTIAL,), DESK_RULES)
    with (
        transaction(served.centre.books.engine) as connection,
        pytest.raises(IntegrityError, match="publications_two_persons"),
        connection.begin_nested(),
    ):
        publish_policy(connection, CENTRE_KEY, alone, prices)


def test_the_page_of_a_station_says_what_it_follows(served: Following) -> None:
    person(served.centre.books, "chief", Role.STATION_ADMIN)
    served.publish(homes(2))
    served.give(A)
    with (
        logged_in(served.centre, "chief", "zh_CN") as browser,
        logged_in(served.centre, "chief", "en") as other,
    ):
        assert "用户档案" in browser.get("stations/S001").text
        page = other.get("stations/S001").text
        assert "Households of" in page
        assert page.count("chip warn") == 1, "it never asked"
        follow_feed(served.station)
        follow_feed(served.station)
        assert "chip warn" not in other.get("stations/S001").text
