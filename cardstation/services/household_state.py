"""Says what is known of one household and what waits for it; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.batch_life import Stage
from cardstation.domain.forecast import MeterReading
from cardstation.domain.gas_due import DueStanding
from cardstation.domain.household import Household
from cardstation.domain.ledger import Order
from cardstation.domain.meter import MakerRules
from cardstation.domain.tariff import Fee
from cardstation.domain.topup import TopUp
from cardstation.errors import Refusal
from cardstation.services.batch_state import outcomes_of
from cardstation.services.charge_fee import fees_on
from cardstation.services.charges_of import Account, account_in
from cardstation.services.household_history import HistoryLine, household_history
from cardstation.services.intent.gas_dues import dues_of
from cardstation.services.intent.makers_of import makers_of
from cardstation.services.intent.opened import OpenIntent, opened
from cardstation.services.lists.judging import still_waits
from cardstation.services.station import Station
from cardstation.store import Reading


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A row of an open batch that waits for this household's card."""

    batch_id: str
    row: int


@dataclass(frozen=True, slots=True)
class HouseholdState:
    """One household.

    Attributes:
        reading: What its meter wrote last, None when it was never read here.
        last: The load this station sealed last for it, None = none.
        open: What was begun here and is not finished.
        orders: Paid orders that wait to be loaded.
        rows: Where its card is on the list of a batch and is not done.
        blocked: Its card is on the blacklist.
        dues: Gas that was granted to it and is not loaded yet.
        history: What was done for it at this desk, the latest first.
        money: Its balance, its arrears, and what it was charged at this desk.
        fees: Items of the catalogue that are charged today.
        makers: Whose cards it may have.
    """

    household: Household
    reading: MeterReading | None
    last: TopUp | None
    open: tuple[OpenIntent, ...]
    orders: tuple[Order, ...]
    rows: tuple[BatchRow, ...]
    blocked: bool
    dues: tuple[DueStanding, ...] = ()
    history: tuple[HistoryLine, ...] = ()
    money: Account | None = None
    fees: tuple[Fee, ...] = ()
    makers: tuple[MakerRules, ...] = ()

    @property
    def waits(self) -> int:
        """How many things are open."""
        return len(self.open) + len(self.orders) + len(self.rows) + len(self.dues)


def household_state(station: Station, account_no: str) -> HouseholdState:
    """Look at a household.

    Raises:
        Refusal: `unknown_household`.
    """
    with station.store.reading() as reading:
        home = reading.households.get(account_no)
        if home is None:
            raise Refusal("unknown_household", account_no=account_no)
        begun = [one for one in reading.topups.open_intents() if one.account_no == account_no]
        return HouseholdState(
            household=home,
            reading=reading.readings.last(home.meter.meter_no),
            last=reading.topups.last_of_account(account_no),
            open=tuple(opened(station, one) for one in begun),
            orders=reading.orders.waiting(account_no),
            rows=_rows(reading, account_no),
            blocked=reading.blocked.has(home.card_no, home.generation),
            dues=tuple(one for one in dues_of(reading, account_no) if one.is_open),
            history=household_history(reading, account_no),
            money=account_in(reading, account_no),
            fees=fees_on(reading, station.clock.now().date()),
            makers=makers_of(station, home),
        )


def _rows(reading: Reading, account_no: str) -> tuple[BatchRow, ...]:
    stages = reading.steps.stages()
    return tuple(
        BatchRow(batch_id, one.line.row.row)
        for batch_id in sorted(reading.batches.with_accounts([account_no]))
        if stages.get(batch_id) is not Stage.CLOSED
        for one in outcomes_of(reading, batch_id)
        if one.line.account_no == account_no and still_waits(one)
    )
