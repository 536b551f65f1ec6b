"""Every way of paying keeps the port's promises."""

from __future__ import annotations

from pathlib import Path

import pytest

import drivers.payments
from cardstation.domain.money import Money
from cardstation.domain.payment import WITHOUT_ASKING, Tender
from cardstation.errors import Refusal
from cardstation.ports.payment import Payment, PaymentAnswer
from drivers.payments import PAYMENTS


@pytest.mark.parametrize("payment", PAYMENTS, ids=lambda one: one.tender.value)
def test_money_is_taken_once_and_nothing_is_guessed(payment: Payment) -> None:
    assert payment.take("id-1", Money(500), "R7") is PaymentAnswer.TAKEN
    assert payment.take("id-1", Money(500), "R7") is PaymentAnswer.TAKEN
    assert payment.query("id-2") in (PaymentAnswer.UNKNOWN, PaymentAnswer.NOT_TAKEN)
    with pytest.raises(Refusal) as stop:
        payment.take("id-3", Money(0), "")
    assert stop.value.code == "zero_amount"


def test_each_tender_that_asks_somebody_has_one_driver() -> None:
    tenders = [payment.tender for payment in PAYMENTS]
    assert sorted(tenders) == sorted(set(Tender) - WITHOUT_ASKING)


def test_every_driver_is_registered() -> None:
    files = {path.stem for path in Path(drivers.payments.__path__[0]).glob("*.py")}
    assert files == {"__init__", "stated"}
