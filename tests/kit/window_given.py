"""Gas due for the page of services: a grant that waits, and what is done with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from cardstation.domain.card import CardContent, Quantity
from cardstation.domain.gas_due import DueStanding, GasDue
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import Receipt
from cardstation.domain.shift import Approval
from cardstation.services.grant_gas import EmergencyTerms
from cardstation.services.identify import Inserted
from tests.kit import window_samples as samples
from tests.kit.papers import MAKE_UP_SLIP
from ui.desk_services import Watch
from ui.given_services import GivenServices

if TYPE_CHECKING:
    from tests.kit.window_fakes import FakeStation

DUE = GasDue(
    due_id="019ab3c4-5d6e-7f80-91a2-b3c4d5e6f708",
    account_no=samples.ACCOUNT_NO,
    meter_no=samples.METER_NO,
    cause=Tender.MAKE_UP,
    quantity=samples.m3("25"),
    document="GD-2026-1107",
    words="表具故障，11月3日购气未上表",
    clerk="anna",
    approver="chief",
    at=samples.NOW - timedelta(days=2),
)
WAITING = DueStanding(DUE, samples.m3("25"))
OWED = DueStanding(
    replace(DUE, due_id="019ab3c4-e", cause=Tender.EMERGENCY, document="call 7"),
    samples.m3("10"),
)
PART = samples.m3("20")
"""What its card can carry of it."""


def given_services(station: FakeStation) -> GivenServices:
    """Answers as if it had been done."""

    def grant(
        account: str, quantity: Quantity, document: str, by: Approval, why: str, shown: int | None
    ) -> GasDue:
        station.backs.append(("grant", by.name, f"{account} {quantity} {document} {shown} {why}"))
        return station._say("grant", replace(DUE, quantity=quantity))

    def emergency(account: str, document: str, by: Approval, why: str) -> GasDue:
        station.backs.append(("emergency", by.name, f"{account} {document} {why}"))
        return station._say("emergency", OWED.due)

    def load(_card: Inserted, due_id: str, _watch: Watch) -> Receipt:
        station.backs.append(("load_due", "", due_id))
        return station._say("load_due", replace(MAKE_UP_SLIP, volume=PART, paid=NO_MONEY))

    def withdraw(due_id: str, by: Approval, why: str) -> DueStanding:
        station.backs.append(("withdraw_due", by.name, f"{due_id} {why}"))
        return station._say("withdraw_due", WAITING)

    def portion(_content: CardContent, _due_id: str) -> Quantity:
        return station._say("portion", PART)

    return GivenServices(
        grant=grant,
        emergency=emergency,
        terms=lambda _account: station._say(
            "terms", EmergencyTerms(samples.m3("10"), Money(2_800))
        ),
        portion=portion,
        load=load,
        withdraw=withdraw,
    )
