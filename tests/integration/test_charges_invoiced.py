"""Charges in the centre's books: posted, shown with their household, invoiced, taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from cardstation.central.console.pages.household import history
from cardstation.central.engine import transaction
from cardstation.central.invoices.request_file import Form
from cardstation.central.reconcile.figure import figure_of
from cardstation.domain.charge import Charge
from cardstation.domain.ledger import EntryKind
from cardstation.store.frozen import freeze
from tests.kit.charge_papers import CHARGES
from tests.kit.invoiced import DAY, YESTERDAY, Shop, digital, issued, reversed_in_red, shop_of
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

ACCOUNT = "0000000007"


@pytest.fixture
def shop(centre: Centre) -> Shop:
    return shop_of(centre)


def charged(shop: Shop, what: str, number: int, **other: Any) -> str:
    """A charge of yesterday; returns the id of its entry."""
    _, chain = shop.town.station("S001")
    receipt_no = f"S001-2026-{number:06d}" if number else ""
    charge: Charge = replace(
        CHARGES[what].charge,
        account_no=ACCOUNT,
        at=YESTERDAY,
        receipt_no=receipt_no,
        charge_id=f"charge {what} {number}",
    )
    arrears = charge.what == "arrears"
    kind = EntryKind.ARREARS_PAID if arrears else EntryKind.CHARGED
    said: dict[str, Any] = {
        "subject": charge.charge_id,
        "account_no": ACCOUNT,
        "fen": charge.money.fen,
        "litres": charge.used.litres,
        "tariff": charge.price,
        "tender": charge.tender or "",
        "detail": freeze(charge),
        "at": YESTERDAY.isoformat(timespec="seconds"),
        **other,
    }
    shop.town.push("S001", [chain.add(kind, **said)])
    query = text("SELECT entry_id::text FROM journal ORDER BY posted_at DESC, seq DESC LIMIT 1")
    with shop.books.owner.connect() as connection:
        return str(connection.scalar(query))


def test_over_used_gas_and_fees_are_invoiced_and_deposits_are_not(shop: Shop) -> None:
    charged(shop, "over_use", 1)
    charged(shop, "fee", 2)
    charged(shop, "deposit", 3)
    charged(shop, "arrears", 4)
    charged(shop, "put_off", 0)
    gas, fee = shop.requests()
    assert [gas[name] for name in ("收据号", "商品名称", "单位", "数量", "税率(%)")] == [
        *("S001-2026-000001", "天然气", "立方米", "10.000", "9"),
    ]
    told = ("收据号", "商品编码", "商品名称", "单位", "数量", "价税合计(元)", "税率(%)")
    assert [fee[name] for name in told] == [
        *("S001-2026-000002", "3070401", "补卡工本费", "项", "1", "10.00", ""),
    ]
    assert shop.requests() == []
    charged(shop, "fee", 5)
    [one] = [json.loads(line) for line in shop.ask(Form.JSONL).raw.decode().splitlines()]
    assert (one["goods_name"], one["rate_percent"], one["fen"]) == ("补卡工本费", "", 1_000)


def test_a_fee_taken_back_needs_a_red_letter_and_gets_no_invoice_after(shop: Shop) -> None:
    first = charged(shop, "fee", 1)
    [asked] = shop.requests()
    shop.answer(issued(asked["申请号"], 1, 1_000))
    charged(shop, "fee", 0, corrects=first)
    second = charged(shop, "fee", 2)
    charged(shop, "fee", 0, corrects=second)
    [red] = shop.requests()
    assert (red["类型"], red["商品名称"], red["原发票号码"]) == ("红冲", "补卡工本费", digital(1))
    shop.answer(reversed_in_red(red["申请号"], 2, 1_000))
    assert shop.requests() == []


def test_the_books_know_what_it_was_for(shop: Shop) -> None:
    fee = charged(shop, "fee", 1)
    charged(shop, "deposit", 2)
    charged(shop, "put_off", 0)
    charged(shop, "fee", 0, corrects=fee)
    query = text("SELECT account, fen FROM balances WHERE fen <> 0 ORDER BY account")
    with shop.books.owner.connect() as connection:
        sums = dict(tuple(row) for row in connection.execute(query))
    assert sums == {
        f"arrears:{ACCOUNT}": 3_080,
        f"balance:{ACCOUNT}": -50_000,
        "gas_sold": -3_080,
        "tender:qr_code": 50_000,
    }
    with transaction(shop.books.engine) as connection:
        found = [one.kind for one in history(connection, ACCOUNT, ACCOUNT)]
        assert found == ["charged"] * 4
        assert figure_of(connection, DAY, YESTERDAY).by_tender == ()
