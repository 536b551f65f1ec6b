"""Three households, the rules they buy by, and rows that mean them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cardstation.domain.batch import ListRow
from cardstation.domain.household import Address
from cardstation.domain.ledger import Order
from cardstation.domain.matching import Directory
from cardstation.domain.meter import Meter, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.preflight import PreflightTerms
from cardstation.domain.sale import PriceBook, sell
from cardstation.domain.tariff import DeskRules
from cardstation.domain.volume import Volume
from drivers.measured import HOME
from tests.kit.desk import CS01
from tests.kit.prices import RESIDENTIAL

MENG = replace(
    HOME,
    account_no="220103005686",
    name="孟远思",
    address=Address("净月新城", "3", "2", "601"),
    card_no="88017482005682",
    meter=Meter("QM1", MeterKind.VOLUME, None),
    chip="sle4442",
    tariff="residential",
    purchase_counter=4,
    tier_year=2026,
)
OU = replace(
    MENG,
    account_no="220103004929",
    name="区子",
    address=Address("净月新城", "12", "4", "1004"),
    card_no="88011874004924",
)
FAR = replace(
    MENG,
    account_no="220101009326",
    name="孔堃丽",
    address=Address("阳光花园", "3", "2", "601"),
    card_no="88015072009320",
)
COMMUNITIES = ("净月新城", "阳光花园", "铁北二路家属楼")
BOOK = Directory.of((MENG, OU, FAR), "净月新城", COMMUNITIES)
RULES = DeskRules(
    Volume.of_m3("1"), Volume.of_m3("800"), Money(1000), {"residential": Volume.of_m3("500")}
)
PRICES = PriceBook((RESIDENTIAL,), RULES, (CS01,))
DAY = date(2026, 11, 24)


def row(**changed: str) -> ListRow:
    """A sound row of MENG, changed."""
    whole = {
        "account_no": MENG.account_no,
        "name": MENG.name,
        "door": "3-2-601",
        "card_no": MENG.card_no,
        "amount": "100",
        "note": "",
        **changed,
    }
    return ListRow(row=5, **whole)


def terms(
    *orders: Order, chips: frozenset[str] = frozenset({"sle4442"}), book: PriceBook = PRICES
) -> PreflightTerms:
    """What a list is judged by, with these orders on file."""
    return PreflightTerms(
        lambda home, money: sell(home, book.terms(home.tariff, DAY), money=money),
        chips,
        {
            order.account_no: [o for o in orders if o.account_no == order.account_no]
            for order in orders
        },
    )
