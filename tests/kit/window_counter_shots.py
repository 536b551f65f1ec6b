"""Money at the counter on the page of services: a price that is shown, a fee, a charge undone."""

from __future__ import annotations

from cardstation.domain.shift import Approval
from tests.kit import window_samples as samples
from tests.kit.charging import FEES
from tests.kit.window_counter import ACCOUNT
from tests.kit.window_household import household_state
from tests.kit.window_people import SUPERVISOR
from tests.kit.window_stage import Stage


def charge_scenes(s: Stage) -> None:
    s.window.go("household")
    model, known = s.household.model, s.station.households.known
    home = samples.household(balance=ACCOUNT.balance, arrears=ACCOUNT.arrears)
    known[samples.ACCOUNT_NO] = household_state(home, money=ACCOUNT, fees=FEES)
    model.find(samples.ACCOUNT_NO)
    model.choose("over_use")
    for name, text in {"volume": "10", "document": "表读数 1234.5，工单 77"}.items():
        model.type(name, text)
    s.shoot("household-17-over-use")
    model.go()
    s.shoot("household-18-charged")
    model.back()
    model.choose("fee")
    s.shoot("household-19-fee")
    model.back()
    model.choose("reverse_charge")
    model.type("why", "收错用户，当面退还")
    model.go(Approval(SUPERVISOR))
    s.shoot("household-20-hand-over")
    model.back()
    model.forget()
    known[samples.ACCOUNT_NO] = household_state()
    s.window.go("counter")
