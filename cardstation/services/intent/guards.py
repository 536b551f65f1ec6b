"""What must be well with the station itself before money is taken or a card is written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cardstation.domain.household import Household
from cardstation.domain.shift import Approval
from cardstation.errors import CardStationError, Refusal
from cardstation.services.intent.anchoring import anchor_problem
from cardstation.services.intent.words import meant
from cardstation.services.station import Station
from cardstation.store import Reading

CLOCK_TOLERANCE = timedelta(minutes=5)
CLOCK_LEAP = timedelta(days=31)
"""No shift is silent for a month: a clock this far ahead of all that is on record is wrong."""


def ensure_may_write(station: Station) -> None:
    """The station's records are the newest there are, and agree with the ledger.

    Raises:
        Refusal: `store_rolled_back` (the anchor is ahead of the store), `anchor_forged`,
            `anchor_missing`, `selling_frozen`, and those of `DeviceKey.ready`: what is armed must
            be anchored, so the key is there before money is. Mishap: `anchor_damaged`.
    """
    with station.store.reading() as reading:
        problem = anchor_problem(station, reading)
        verdict = reading.outbox.verdict()
    _ensure_newest(station, problem, verdict)


def _ensure_newest(station: Station, problem: CardStationError | None, verdict: str) -> None:
    if problem is not None:
        raise problem
    station.device_key.ready()
    if verdict:
        raise Refusal("selling_frozen", reason=verdict)


def ensure_other_person(station: Station, approval: Approval) -> None:
    """The second person is another one than the clerk who acts, now: a shift may have changed.

    Raises:
        Refusal: `second_person_same`.
    """
    with station.store.reading() as reading:
        clerk = reading.shifts.on_duty() or station.clerk
    if approval.name in ("", clerk):
        raise Refusal("second_person_same", name=approval.name)


def ensure_may_sell(station: Station) -> None:
    """As `ensure_may_write`, in an open shift, and the clock did not run back more than 5 minutes.

    Raises:
        Refusal: `clock_ran_back` (`settle_clock` ends it); `clock_leapt_ahead` (nothing is stamped
            with a time years off, which would stop the desk once the clock is set right; a desk
            that was closed for long opens a shift, and a person has looked at the clock); and those
            of `ensure_may_write` and `ensure_on_duty`.
    """
    with station.store.reading() as reading:
        ensure_may_sell_in(station, reading)


def ensure_may_sell_in(station: Station, reading: Reading) -> None:
    """As `ensure_may_sell`, in a look that goes on to ask for more."""
    _ensure_newest(station, anchor_problem(station, reading), reading.outbox.verdict())
    off_duty = _off_duty(station, reading)
    last = last_recorded(station, reading)
    in_shift = reading.shifts.current() is not None
    if off_duty:
        raise Refusal(off_duty)
    if ran_back(station, last):
        raise Refusal("clock_ran_back", last=last.isoformat())
    if in_shift and station.clock.now() > last + CLOCK_LEAP:
        raise Refusal("clock_leapt_ahead", last=last.isoformat())


def last_recorded(station: Station, reading: Reading) -> datetime:
    """The latest moment anything was recorded at, by the desk's own clock."""
    last = datetime.fromtimestamp(reading.topups.high_water_us() / 1_000_000, tz=UTC)
    return last.astimezone(station.clock.now().tzinfo)


def ran_back(station: Station, last: datetime) -> bool:
    """Whether the clock is behind what is on record, by more than clocks are set."""
    return station.clock.now() < last - CLOCK_TOLERANCE


def ensure_on_duty(station: Station) -> None:
    """A shift is open and not counted yet; a training desk nobody was added to needs none.

    Raises:
        Refusal: `no_shift`, `no_clerks`, `shift_counted`, `clerk_taken_off`.
    """
    with station.store.reading() as reading:
        off_duty = _off_duty(station, reading)
    if off_duty:
        raise Refusal(off_duty)


def _off_duty(station: Station, reading: Reading) -> str:
    """Why nobody is on duty, a code; empty when somebody is."""
    current = reading.shifts.current()
    if current is not None:
        if reading.shifts.counted(current.shift.shift_id) is not None:
            return "shift_counted"
        person = reading.shifts.clerk(current.shift.clerk)
        return "" if person is None or person[0].active else "clerk_taken_off"
    if reading.shifts.has_clerks():
        return "no_shift"
    return "" if station.training else "no_clerks"


def two_give_up(
    station: Station, account_no: str, approval: Approval, why: str
) -> tuple[Household, str]:
    """Two people on duty give up the card of an account: its household, and their words.

    Raises:
        Refusal: `unknown_household`, `proof_missing`, `second_person_same`, and those of
            `ensure_may_write` and `ensure_on_duty`.
    """
    ensure_may_write(station)
    ensure_on_duty(station)
    ensure_other_person(station, approval)
    words = meant(why)
    with station.store.reading() as reading:
        household = reading.households.get(account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=account_no)
    return household, words
