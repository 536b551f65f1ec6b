"""What pre-flight says of a household's last load: taken, not taken, or nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.forecast import MeterReading
from cardstation.domain.household import Household
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.services.intent.readings import note_reading
from cardstation.services.look_at_line import look_at_line, warnings_of_batch
from cardstation.services.return_load import return_load
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard
from drivers.virtual.meter import VirtualMeter
from tests.kit.lists import list_row, taken
from tests.kit.station import Desk, card_of, layout_of, neighbours, nobody, open_desk

HOME, OTHER = neighbours(2)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=[HOME, OTHER])
    yield opened
    opened.station.store.close()


def said(desk: Desk) -> tuple[str, ...]:
    batch = taken(desk.station, [list_row(HOME), list_row(OTHER, str(desk.clock.at.day))])
    found = warnings_of_batch(desk.station, batch.batch_id).get(1, ())
    assert look_at_line(desk.station, batch.batch_id, 1).warnings == found
    return found


def seen(desk: Desk, card: VirtualCard) -> None:
    inserted = desk.insert(card)
    with desk.station.store.reading() as look:
        note_reading(desk.station, look, inserted)
    inserted.close()


def answered(desk: Desk, home: Household, counter: int) -> None:
    gas = Volume.of_m3("30")
    at = desk.clock.at
    with desk.station.store.unit() as unit:
        unit.readings.add(
            MeterReading(home.account_no, home.meter.meter_no, gas, gas, counter, at), at
        )
        unit.commit()


def test_what_the_meter_answered_on_the_card_is_no_warning(desk: Desk) -> None:
    card = card_of(HOME)
    desk.sell(card)
    layout = layout_of(MAKERS[0])
    meter = VirtualMeter.of_card(layout.decode(card.image), layout, MAKERS[0].school)
    meter.take(card, at=desk.clock.at + timedelta(hours=2))
    desk.clock.at += timedelta(days=1)
    seen(desk, card)
    assert said(desk) == ()


@pytest.mark.parametrize("days", [1, 31, 400])
def test_an_answer_after_the_load_that_lacks_it_says_so_at_any_age(desk: Desk, days: int) -> None:
    desk.sell(card_of(HOME))
    desk.clock.at += timedelta(days=days)
    answered(desk, HOME, HOME.purchase_counter)
    desk.clock.at += timedelta(hours=1)
    assert said(desk) == ("load_not_taken",)


@pytest.mark.parametrize("days", [1, 31, 400])
def test_a_load_without_any_answer_since_cannot_be_told(desk: Desk, days: int) -> None:
    answered(desk, HOME, HOME.purchase_counter)
    assert said(desk) == ()
    desk.clock.at += timedelta(days=1)
    desk.sell(card_of(HOME))
    desk.clock.at += timedelta(days=days)
    assert said(desk) == ("load_taken_unknown",)


def test_a_load_of_another_desk_cannot_be_told_until_the_meter_answered(desk: Desk) -> None:
    answered(desk, HOME, HOME.purchase_counter)
    with desk.station.store.unit() as unit:
        unit.households.update(replace(HOME, purchase_counter=HOME.purchase_counter + 1))
        unit.commit()
    assert said(desk) == ("load_taken_unknown",)
    desk.clock.at += timedelta(days=1)
    answered(desk, HOME, HOME.purchase_counter + 1)
    assert said(desk) == ()


def test_a_load_that_was_taken_off_its_card_waits_for_no_meter(desk: Desk) -> None:
    card = card_of(HOME)
    desk.sell(card)
    inserted = desk.insert(card)
    return_load(desk.station, inserted, Approval("supervisor"), nobody, reading="photo 1")
    inserted.close()
    assert said(desk) == ()
