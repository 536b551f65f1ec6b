"""Whatever a meter wrote: never fewer than no days, more gas never fewer, later never more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cardstation.domain.forecast import (
    OLDEST,
    SHORTEST,
    Bought,
    Forecast,
    Ground,
    MeterReading,
    Urgency,
    forecast,
)
from cardstation.domain.volume import Volume

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HOURS = st.integers(0, 24 * 120)
LITRES = st.integers(-5_000, 900_000)


@st.composite
def readings(draw: st.DrawFn) -> tuple[MeterReading, ...]:
    found = [
        MeterReading(
            "A1",
            draw(st.sampled_from(["M1", "M1", "M2"])),
            Volume(draw(LITRES)),
            Volume(draw(st.integers(0, 9_000_000))),
            draw(st.integers(0, 9)),
            NOW - timedelta(hours=hours),
        )
        for hours in sorted(draw(st.lists(HOURS, max_size=5)), reverse=True)
    ]
    return tuple(found)


BOUGHT = st.none() | st.builds(Bought, st.integers(0, 2_000_000), st.just(2026))
LOADED = st.integers(0, 500_000)


def days(found: Forecast) -> int:
    """Days for comparing: what is unknown is no claim at all."""
    return -1 if found.days is None else found.days


@given(some=readings(), bought=BOUGHT, loaded=LOADED)
def test_never_negative_and_its_class_fits(
    some: tuple[MeterReading, ...], bought: Bought | None, loaded: int
) -> None:
    found = forecast(some, NOW, bought=bought, loaded=loaded)
    if found.days is None:
        assert found.urgency is Urgency.UNKNOWN
        assert found.ground not in (Ground.READINGS, Ground.PURCHASES, Ground.EMPTY)
    else:
        assert found.days >= 0
        assert (found.urgency is Urgency.OUT) == (found.days == 0)


@given(some=readings(), bought=BOUGHT, loaded=LOADED, more=st.integers(1, 400_000))
def test_more_gas_never_gives_fewer_days(
    some: tuple[MeterReading, ...], bought: Bought | None, loaded: int, more: int
) -> None:
    before = forecast(some, NOW, bought=bought, loaded=loaded)
    after = forecast(some, NOW, bought=bought, loaded=loaded + more)
    assert after.days is None or days(after) >= days(before)


@given(some=readings(), bought=BOUGHT, loaded=LOADED, hours=st.integers(1, 24 * 100))
def test_a_later_moment_never_gives_more_days(
    some: tuple[MeterReading, ...], bought: Bought | None, loaded: int, hours: int
) -> None:
    before = forecast(some, NOW, bought=bought, loaded=loaded)
    after = forecast(some, NOW + timedelta(hours=hours), bought=bought, loaded=loaded)
    assert after.days is None or (before.days is not None and after.days <= before.days)


@given(
    start=st.integers(1_000, 500_000),
    use=st.integers(1, 40_000),
    over=st.integers(7, 90),
    left=st.integers(1, 300_000),
)
def test_two_readings_give_what_was_used_a_day(start: int, use: int, over: int, left: int) -> None:
    """Against the plain division: so much left, at so much a day."""
    first = MeterReading("A1", "M1", Volume(start), Volume(start), 1, NOW - timedelta(days=over))
    total = left + use
    last = MeterReading("A1", "M1", Volume(left), Volume(total), 2, NOW)
    assert first.spent == 0
    found = forecast((first, last), NOW)
    assert found.ground is Ground.READINGS
    assert found.days == left * over // use


@given(some=readings(), bought=BOUGHT)
def test_what_is_too_old_or_of_another_meter_is_not_believed(
    some: tuple[MeterReading, ...], bought: Bought | None
) -> None:
    late = NOW + OLDEST + timedelta(days=121)
    assert forecast(some, late, bought=bought).days is None
    other = tuple(replace(one, meter_no="M9") for one in some[:-1]) + some[-1:]
    assert forecast(other, NOW).ground is not Ground.READINGS
    near = [one for one in some if some[-1].at - one.at < SHORTEST]
    assert forecast(near, NOW).ground is not Ground.READINGS
