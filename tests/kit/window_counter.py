"""Money at the counter without a load, faked for the page of one household."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cardstation.domain.charge import Begun, Charge, ChargeReceipt, PaidOut, Way
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.tariff import Quote, Standing
from cardstation.domain.volume import Volume
from cardstation.services.charges_of import Account
from cardstation.services.charges_of import Standing as Stands
from tests.kit import window_samples as samples
from tests.kit.charge_papers import CHARGES
from tests.kit.station import RESIDENTIAL
from ui.counter_services import CounterServices

if TYPE_CHECKING:
    from tests.kit.window_fakes import FakeStation

FEE = replace(
    CHARGES["fee"].charge,
    account_no=samples.ACCOUNT_NO,
    at=samples.NOW - timedelta(days=1),
    receipt_no="S001-2026-000733",
)
ACCOUNT = Account(
    samples.ACCOUNT_NO, Money(12_850), Money(12_850), Money(3_460), (Stands(FEE, None),)
)
BEGUN = replace(ACCOUNT, begun=(Begun(Way.BALANCE, samples.ACCOUNT_NO, Money(5_000)),))
CLEAN = replace(ACCOUNT, balance=Money(0), free=Money(0), arrears=Money(0), charges=())


@dataclass
class FakeCounter:
    """What was charged; every answer is of the sample papers."""

    charged: list[tuple[object, ...]] = field(default_factory=list)

    def services(self, station: FakeStation) -> CounterServices:
        def made(what: str, *said: object) -> ChargeReceipt:
            station._say(what, None)
            self.charged.append((what, *said))
            paper = CHARGES[what]
            return replace(paper, charge=_of_here(paper.charge))

        def pay_out(
            no: str, money: Money, by: object, tender: Tender, reference: str, found: str
        ) -> PaidOut:
            station._say("pay_balance", None)
            self.charged.append(("pay_balance", no, money, by, tender, reference, found))
            return PaidOut("1", no, tender, money, reference, "王敏", samples.NOW)

        def call_off(begun: Begun, by: Approval) -> None:
            self.charged.append(("call_off", begun, by))
            station._say("call_off", None)

        return CounterServices(
            quote_over_use=_priced,
            over_use=lambda *said: made("over_use", *said),
            put_off=lambda *said: made("put_off", *said),
            fee=lambda *said: made("fee", *said),
            deposit=lambda *said: made("deposit", *said),
            arrears=lambda *said: made("arrears", *said),
            reverse=lambda *said: made("back", *said),
            pay_out=pay_out,
            call_off=call_off,
            paid_slip=lambda _payout: station._say("paid_slip", Path("refund.pdf")),
            paper=lambda charge: station._say("charge_paper", Path(f"{charge}-a5.pdf")),
        )


def _of_here(charge: Charge) -> Charge:
    number = "S001-2026-000734" if charge.receipt_no else ""
    return replace(charge, account_no=samples.ACCOUNT_NO, at=samples.NOW, receipt_no=number)


def _priced(_account_no: str, volume: Volume) -> Quote:
    return RESIDENTIAL.price(volume, Standing(2026, samples.m3("385")))
