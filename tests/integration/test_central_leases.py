"""One station at a time may load an order without a network, and for so long only."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, text

from cardstation.central.migrations.versions import r0003_leases
from cardstation.central.tables import orders
from cardstation.domain.ledger import Order
from cardstation.domain.order_lease import GRACE
from cardstation.errors import LedgerRefused
from cardstation.sync.http_ledger import HttpLedger
from cardstation.sync.trust import trusted
from tests.kit.between import Between
from tests.kit.postgres import Centre, TestKey

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

ORDER = Order("O1", "0000000001", 5_000, 20_000, "T1", 3, "")
ALL_SENT = {"version": "1", "unsent": "0"}
OVER = GRACE + timedelta(seconds=5)
PAID = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


def test_a_lease_ends_and_a_while_later_the_order_is_anybodys(centre: Centre) -> None:
    key, second = TestKey(), centre.station("S002")
    centre.station("S001", key)
    first = centre.line("S001", key, news=lambda: ALL_SENT)
    centre.desk().post_order(replace(ORDER, paid_at=PAID))
    held = first.lease_order("O1")
    assert (held.paid_at, second.orders()[0].leased_until) == (PAID, held.leased_until)
    for over, holder in ((GRACE - timedelta(minutes=1), "S001"), (OVER, "")):
        lapse(centre, over)
        first.orders()
        assert [one.leased_to for one in second.orders()] == [holder]
    assert second.lease_order("O1").leased_to == "S002"
    with pytest.raises(LedgerRefused, match="order_leased_elsewhere"):
        first.lease_order("O1")


def lapse(centre: Centre, over: timedelta) -> None:
    """The leases ended so long ago."""
    with centre.books.owner.begin() as connection:
        connection.execute(orders.update().values(held_until=datetime.now(UTC) - over))


class Catching(httpx.BaseTransport):
    """Somebody keeps what a station asks for, to say it again later."""

    def __init__(self) -> None:
        self._wire = httpx.HTTPTransport(verify=trusted())
        self.caught: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.caught.append(request)
        return self._wire.handle_request(request)

    def again(self) -> httpx.Response:
        """The last request once more, as it was."""
        return self._wire.handle_request(self.caught[-1])

    def close(self) -> None:
        self._wire.close()


def test_what_was_said_under_the_lease_and_is_said_again_ends_none(centre: Centre) -> None:
    key, wire = TestKey(), Catching()
    second = centre.station("S002")
    centre.station("S001", key)
    first = centre.line("S001", key, wire, news=lambda: ALL_SENT)
    centre.desk().post_order(ORDER)
    first.lease_order("O1")
    first.orders()
    lapse(centre, GRACE)
    answer = wire.again()
    assert (answer.status_code, b'"leased_to":"S001"' in answer.read()) == (200, True)
    assert [one.leased_to for one in second.orders()] == ["S001"]
    lapse(centre, OVER)
    first.orders()
    assert [one.leased_to for one in second.orders()] == [""]


def test_two_stations_ask_for_an_order_at_once_and_one_has_it(centre: Centre) -> None:
    lines = [centre.station(f"S00{number}") for number in range(1, 5)]
    centre.desk().post_order(ORDER)

    def ask(line: HttpLedger) -> str:
        try:
            return line.lease_order("O1").leased_to
        except LedgerRefused as refused:
            return refused.code

    with ThreadPoolExecutor(len(lines)) as pool:
        said = Counter(pool.map(ask, lines))
    assert said.pop("order_leased_elsewhere") == 3
    assert sum(said.values()) == 1


def test_who_holds_an_order_is_believed_only_from_the_centre(centre: Centre) -> None:
    key = TestKey()
    centre.station("S002", key)
    centre.desk().post_order(replace(ORDER, leased_to="S001"))
    with pytest.raises(LedgerRefused, match="ledger_signature_bad"):
        centre.line("S002", key, Between(b'"leased_to":"S001"', b'"leased_to":"S002"')).orders()


def test_older_books_get_holder_and_age(centre: Centre) -> None:
    """The columns that a migration added are filled from what was there before it."""
    centre.desk().post_order(replace(ORDER, leased_to="S002"))
    with centre.books.owner.begin() as connection:
        for column in ("paid_at", "held_by", "held_until"):
            connection.execute(text(f"ALTER TABLE orders DROP COLUMN {column}"))
        connection.execute(text(r0003_leases.LEASES))
    with centre.books.engine.connect() as connection:
        row = connection.execute(select(orders)).one()
    assert (row.held_by, row.held_until) == ("S002", None)
    assert abs(datetime.now(UTC) - row.paid_at) < timedelta(minutes=5)
