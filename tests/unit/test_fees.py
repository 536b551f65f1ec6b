"""The catalogue of other fees: its file, its rows in the feed, what is charged of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.charge import fee_amount, fee_on
from cardstation.domain.feed_rows import Policy, policy_from, policy_rows
from cardstation.domain.money import Money
from cardstation.errors import Defect, Refusal
from cardstation.services.lists.tariff_file import read_tariffs
from tests.kit.charging import CARD_FEE, FEES, VALVE
from tests.kit.station import DESK_RULES, RESIDENTIAL

SAMPLE = Path(__file__).parents[1] / "samples" / "tariffs.json"
FIXED: dict[str, Any] = {
    "code": "CARD",
    "name": "补卡工本费",
    "name_en": "Replacement card",
    "basis": "发改价格〔2026〕1号",
    "tax_class": "3070401",
    "from": "2026-01-01",
    "to": "2026-12-31",
    "yuan": "10.00",
}


def read(tmp_path: Path, *fees: dict[str, Any]) -> Any:
    file = tmp_path / "tariffs.json"
    said = json.loads(SAMPLE.read_bytes())
    said["rules"]["fees"] = list(fees)
    file.write_text(json.dumps(said), "utf-8")
    return read_tariffs(file)[1].fees


def test_a_catalogue_stands_with_the_desk_rules(tmp_path: Path) -> None:
    bounds = {name: value for name, value in FIXED.items() if name not in ("yuan", "to")}
    open_end = {**bounds, "code": "VALVE", "from_yuan": "20", "to_yuan": "90"}
    assert read(tmp_path, open_end, FIXED) == (
        CARD_FEE,
        replace(CARD_FEE, code="VALVE", last=None, least=Money(2_000), most=Money(9_000)),
    )
    assert read_tariffs(SAMPLE)[1].fees == ()


@pytest.mark.parametrize(
    "change",
    [
        {"code": "card"},
        {"yuan": "0"},
        {"yuan": 10},
        {"basis": " "},
        {"to": "2025-12-31"},
        {"from_yuan": "1"},
        {"name": ""},
    ],
)
def test_a_fee_that_says_too_little_or_too_much_is_refused(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    with pytest.raises(Refusal, match="tariffs_not_readable"):
        read(tmp_path, {**FIXED, **change})


def test_a_fee_has_one_amount_on_a_day(tmp_path: Path) -> None:
    after = {**FIXED, "from": "2027-01-01", "to": None, "yuan": "12.00"}
    first, second = read(tmp_path, after, FIXED)
    assert fee_on((first, second), "CARD", date(2026, 12, 31)) == first
    assert fee_on((first, second), "CARD", date(2027, 1, 1)) == second
    with pytest.raises(Refusal, match="tariffs_not_readable"):
        read(tmp_path, FIXED, {**after, "from": "2026-12-31"})


def test_the_amount_is_the_catalogue_s() -> None:
    assert fee_amount(CARD_FEE, None) == fee_amount(CARD_FEE, Money(1_000)) == Money(1_000)
    assert fee_amount(VALVE, Money(2_000)) == Money(2_000)
    with pytest.raises(Refusal, match="fee_amount_outside"):
        fee_amount(VALVE, None)
    with pytest.raises(Defect):
        replace(VALVE, most=Money(1))


def test_the_centre_publishes_a_catalogue() -> None:
    policy = Policy((RESIDENTIAL,), replace(DESK_RULES, fees=FEES))
    rows = json.loads(json.dumps(policy_rows(policy)))
    assert policy_from({key: tuple(row) for key, row in rows.items()}) == policy
    plain = policy_rows(Policy((RESIDENTIAL,), DESK_RULES))["rules"][1]
    assert "fees" not in plain
