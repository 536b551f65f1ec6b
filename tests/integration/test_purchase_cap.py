"""What a household may buy in a month or a year: at the counter, on a list, as cards are run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch import LineState, ListRow, Verdict
from cardstation.domain.ledger import Order
from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.preflight import IMPLAUSIBLE, preflight
from cardstation.domain.shift import Approval
from cardstation.domain.tariff import Period, PurchaseCap
from cardstation.domain.topup import TopUpRequest
from cardstation.domain.trays import Tray
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal
from cardstation.services.batch_state import batch_state
from cardstation.services.intent.orders import quote_of
from cardstation.services.lists.judging import directory_of, terms_of
from cardstation.services.look_at_line import look_at_line
from cardstation.services.pay_batch import pay_batch
from cardstation.services.quote import quote
from cardstation.services.quote_batch import quote_batch
from cardstation.services.release_amount import release_amount
from cardstation.services.return_load import return_load
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard
from tests.kit.bag import bag_at
from tests.kit.prices import RESIDENTIAL
from tests.kit.station import (
    DESK_RULES,
    Desk,
    card_of,
    line,
    neighbours,
    nobody,
    open_desk,
    put_batch,
    take,
)

PEOPLE = [replace(one, bought_this_year=NO_GAS, tier_year=2026) for one in neighbours(2)]
HOME = PEOPLE[0]
SECOND = Approval("017")
WITHOUT_COUNTER = MAKERS[3]


@dataclass
class Counter:
    """A desk, and the card of a household that buys there again and again."""

    desk: Desk
    card: VirtualCard

    def cap(self, period: Period | None, m3: str = "100") -> None:
        caps = {} if period is None else {"residential": PurchaseCap(Volume.of_m3(m3), period)}
        rules = replace(
            DESK_RULES,
            purchase_caps=caps,
            plausible_per_load={"residential": Volume.of_m3("500")},
        )
        with self.desk.station.store.unit() as unit:
            unit.tariffs.replace((RESIDENTIAL,), rules)
            unit.commit()

    def may_buy(self, m3: str) -> bool:
        home = self.desk.household(HOME.account_no)
        return quote(self.desk.station, home, volume=Volume.of_m3(m3)).volume == Volume.of_m3(m3)

    def left(self, m3: str) -> object:
        with pytest.raises(Refusal, match="cap_exceeded") as stop:
            quote(
                self.desk.station,
                self.desk.household(HOME.account_no),
                volume=Volume.of_m3(m3),
            )
        return stop.value.values["left_litres"]

    def sell(self, m3: str, *, back: bool = False, rules: MakerRules = MAKERS[0]) -> None:
        """A sale that the meter took, or that was taken back."""
        wanted = TopUpRequest(volume=Volume.of_m3(m3))
        with closing(self.desk.insert(self.card)) as inserted:
            top_up(self.desk.station, inserted, wanted, nobody)
            if back:
                return_load(self.desk.station, inserted, SECOND, nobody)
        self.desk.reader.pull()
        if not back:
            assert take(self.card, rules).taking.value == "credited"


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    desk = open_desk(tmp_path, households=PEOPLE)
    yield Counter(desk, card_of(HOME))
    desk.reader.pull()
    desk.station.store.close()


def test_without_a_cap_nothing_is_counted(counter: Counter) -> None:
    counter.cap(None)
    counter.sell("400")
    assert counter.may_buy("400")


@pytest.mark.parametrize("period", Period)
def test_nothing_goes_beyond_the_cap_of_the_period(counter: Counter, period: Period) -> None:
    counter.cap(period)
    assert (counter.may_buy("100"), counter.left("101")) == (True, 100_000)
    counter.sell("60")
    assert (counter.may_buy("40"), counter.left("41")) == (True, 40_000)


@pytest.mark.parametrize("period", Period)
def test_what_was_taken_back_does_not_count(counter: Counter, period: Period) -> None:
    counter.cap(period)
    counter.sell("60", back=True)
    assert counter.may_buy("100")


@pytest.mark.parametrize(("period", "days"), [(Period.MONTH, 6), (Period.YEAR, 37)])
def test_the_next_period_begins_at_nothing(counter: Counter, period: Period, days: int) -> None:
    """It is the 24th of November: the last day of the period counts, the first of the next not."""
    counter.cap(period)
    counter.sell("60")
    counter.desk.clock.at += timedelta(days=days)
    assert counter.left("100") == 40_000
    counter.desk.clock.at += timedelta(days=1)
    assert counter.may_buy("100")


def test_what_the_directory_says_was_bought_counts_in_the_year(counter: Counter) -> None:
    counter.cap(Period.YEAR)
    with counter.desk.station.store.unit() as unit:
        unit.households.update(replace(HOME, bought_this_year=Volume.of_m3("95")))
        unit.commit()
    assert counter.left("6") == 5_000


@pytest.mark.parametrize("period", Period)
def test_a_money_meter_has_bought_what_its_money_bought_that_day(
    counter: Counter, period: Period
) -> None:
    counter.cap(period, "40")
    home = neighbours(1, MeterKind.MONEY)[0]
    home = replace(home, bought_this_year=NO_GAS, tier_year=2026)
    desk, counter.card = counter.desk, card_of(home)
    with desk.station.store.unit() as unit:
        unit.households.put([home])
        unit.commit()
    desk.sell(counter.card, "50")
    with closing(desk.insert(counter.card)) as inserted:
        return_load(desk.station, inserted, SECOND, nobody, reading="1043.2")
    assert desk.household(home.account_no).bought_in(2026) == NO_GAS
    desk.sell(counter.card)
    desk.reader.pull()
    assert take(counter.card).taking.value == "credited"
    assert desk.household(home.account_no).bought_in(2026) == Volume(35_716)
    with pytest.raises(Refusal, match="cap_exceeded") as stop:
        desk.sell(counter.card, "12")
    assert stop.value.values["left_litres"] == 40_000 - 35_716
    desk.sell(counter.card, "11.99")
    assert verify(desk.station).ok


def test_an_order_of_a_money_meter_counts_as_it_was_priced(counter: Counter) -> None:
    counter.cap(Period.MONTH, "40")
    home = neighbours(1, MeterKind.MONEY)[0]
    desk = counter.desk
    home = replace(home, bought_this_year=NO_GAS)
    order = Order("O-1", home.account_no, 10_000, 0, "residential@2026-01-01", 0, "")
    with desk.station.store.unit() as unit:
        unit.households.put([home])
        unit.commit()
    assert quote_of(desk.station, order, home).bought == Volume(35_716)
    old = replace(order, tariff="residential@2019-01-01")
    assert quote_of(desk.station, old, home).bought == NO_GAS


def test_a_row_beyond_the_cap_waits_for_a_person_and_no_supervisor_lifts_it(
    counter: Counter,
) -> None:
    counter.cap(Period.MONTH)
    station = counter.desk.station
    row = ListRow(2, HOME.account_no, HOME.name, HOME.address.door, HOME.card_no, "300", "")
    with station.store.reading() as reading:
        book = directory_of(reading.households, [row], (), HOME.address.community)
        (judged,) = preflight([row], book, terms_of(station, reading, {HOME.account_no}, ""))
    assert (judged.verdict, judged.reasons) == (Verdict.HUMAN, ("cap_exceeded",))
    beside = replace(judged, reasons=("implausible_volume",))
    assert beside.reasons == (IMPLAUSIBLE,)
    batch_id = put_batch(counter.desk, [beside])
    with pytest.raises(Refusal, match="nothing_to_release"):
        release_amount(station, batch_id, 1, SECOND)
    assert look_at_line(station, batch_id, 1).quote is None


def test_a_line_that_the_cap_has_no_room_for_takes_no_money(counter: Counter) -> None:
    """What was bought at the counter since the list counts; the quote says so, the rest is paid."""
    counter.cap(Period.MONTH, "60")
    counter.sell("30")
    station = counter.desk.station
    batch_id = put_batch(counter.desk, [line(one, at) for at, one in enumerate(PEOPLE, start=1)])
    quoted = quote_batch(station, batch_id)
    assert [(one.place, one.reason) for one in quoted.refused] == [(1, "cap_exceeded")]
    pay_batch(station, batch_id, tender=Tender.CASH, money=Money(20_000))
    states = [one.state for one in batch_state(station, batch_id).outcomes]
    assert states == [LineState.UNFUNDED, LineState.WAITING]


def test_a_card_whose_household_used_up_its_cap_since_is_a_stop(counter: Counter) -> None:
    """Its money came in time and stays the payer's; a line that is done stays on the quote."""
    counter.cap(Period.MONTH, "60")
    bag = bag_at(counter.desk, PEOPLE)
    bag.cards[0] = counter.card = card_of(HOME, WITHOUT_COUNTER)
    bag.load(1)
    assert quote_batch(counter.desk.station, bag.batch_id).refused == ()
    counter.sell("30", rules=WITHOUT_COUNTER)
    before = counter.card.image
    assert bag.refused(0) == "cap_exceeded"
    assert counter.card.image == before
    assert bag.trays[0] == (1, Tray.C, "cap_exceeded")
    counter.cap(None)
    bag.load(0)
    assert bag.states == [LineState.DONE, LineState.DONE]
