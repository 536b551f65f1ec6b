"""Households for the page of services: found by what is typed, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cardstation.domain.forecast import MeterReading
from cardstation.domain.household import Address, Household
from cardstation.domain.ledger import EntryKind, Order
from cardstation.domain.money import Money
from cardstation.errors import Refusal
from cardstation.services.household_history import HistoryLine
from cardstation.services.household_state import BatchRow, HouseholdState
from tests.kit import window_samples as samples
from ui.household_services import HouseholdServices

if TYPE_CHECKING:
    from tests.kit.window_fakes import FakeStation

READING = MeterReading(
    samples.ACCOUNT_NO,
    samples.METER_NO,
    samples.m3("12.406"),
    samples.m3("1040"),
    18,
    samples.NOW - timedelta(days=40),
)
NEIGHBOUR = replace(
    samples.household(),
    account_no="220104000018",
    name="欧阳红",
    address=Address("阳光花园", "3", "2", "1202"),
    card_no="6228880100004588",
    phone="19900000018",
)


HISTORY = (
    HistoryLine(
        samples.NOW - timedelta(days=2),
        "kind.sale",
        samples.m3("50"),
        Money(14_000),
        "林晓燕",
        "S001-2026-000731",
    ),
    HistoryLine(
        samples.NOW - timedelta(days=41), "history.gas_due", samples.m3("12"), None, "王敏"
    ),
    HistoryLine(samples.NOW - timedelta(days=90), "work.issue", clerk="林晓燕"),
)


def household_state(home: Household | None = None, **changes: object) -> HouseholdState:
    """A household nothing waits for."""
    made = HouseholdState(
        home or samples.household(), READING, None, (), (), (), blocked=False, history=HISTORY
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # named as the attributes


def busy_household() -> HouseholdState:
    """One with arrears, a paid order, something open, and a row in a batch."""
    order = Order("D20261121-0003", samples.ACCOUNT_NO, 20_000, 62_000, "", 18, "", samples.NOW)
    home = samples.household(arrears=samples.Money(3_650), generation=1)
    return household_state(
        home,
        open=samples.open_intents()[:1],
        orders=(order,),
        rows=(BatchRow("2026-11-23-02", 37),),
    )


@dataclass
class FakeHouseholds:
    """Change a field to change who lives here."""

    reprinted: list[tuple[str, str]] = field(default_factory=list)
    known: dict[str, HouseholdState] = field(
        default_factory=lambda: {
            one.household.account_no: one for one in (household_state(), household_state(NEIGHBOUR))
        }
    )

    def services(self, station: FakeStation) -> HouseholdServices:
        def find(text: str) -> tuple[Household, ...]:
            station._say("find", None)
            homes = [one.household for one in self.known.values()]
            found = tuple(
                one
                for one in homes
                if text in (one.account_no, one.card_no) or text in one.name + one.address.door
            )
            if not found:
                raise Refusal("nobody_found", text=text)
            return found

        def look(account_no: str) -> HouseholdState:
            station._say("look", None)
            return self.known[account_no]

        def reprint(receipt_no: str, why: str) -> Path:
            station._say("reprint", None)
            self.reprinted.append((receipt_no, why))
            return Path(f"{receipt_no}-1-a5.pdf")

        def form(kind: EntryKind, subject: str) -> Path:
            return station._say(f"form {kind} {subject}", Path("form.pdf"))

        return HouseholdServices(find=find, look=look, reprint=reprint, form=form)
