"""Reads price lists and desk rules from their JSON file (docs: resources/training)."""

from __future__ import annotations

import json
import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from cardstation.domain.money import Money
from cardstation.domain.tariff import (
    DeskRules,
    Fee,
    HouseholdSize,
    Period,
    PurchaseCap,
    Tariff,
    Tier,
)
from cardstation.domain.volume import Volume
from cardstation.errors import Defect, Refusal

_FEE_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
_PRICE = re.compile(r"(\d+)(?:\.(\d{1,4}))?")


def read_tariffs(path: Path) -> tuple[tuple[Tariff, ...], DeskRules]:
    """Read all versions of all tariffs, and the desk rules.

    `"household_size": "as before"` takes the one of the version before, of the same code.

    Raises:
        Refusal: `tariffs_not_readable`.
    """
    try:
        found = json.loads(path.read_bytes())
        return _tariffs(found["tariffs"]), _rules(found["rules"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, Defect) as error:
        raise Refusal("tariffs_not_readable", file=path.name) from error


def _tariffs(found: list[dict[str, Any]]) -> tuple[Tariff, ...]:
    tariffs: list[Tariff] = []
    sizes: dict[str, HouseholdSize | None] = {}
    for entry in sorted(found, key=lambda entry: str(entry["from"])):
        code = str(entry["code"])
        said = entry.get("household_size")
        if said != "as before":
            sizes[code] = None if said is None else _size(said)
        tiers = tuple(_tier(tier) for tier in entry["tiers"])
        tariffs.append(Tariff(code, date.fromisoformat(entry["from"]), tiers, sizes[code]))
    return tuple(tariffs)


def _tier(found: dict[str, Any]) -> Tier:
    to = found["to_m3"]
    return Tier(None if to is None else Volume.of_m3(to), _e4(found["price"]))


def _size(found: dict[str, Any]) -> HouseholdSize:
    if found["shifts"] != "all limits":
        raise ValueError(f"unknown shift: {found['shifts']!r}")
    choices = {name: value for name, value in found.items() if name.endswith("_may_choose")}
    (name, choice), *more = choices.items()
    persons = re.fullmatch(r"from_(\d+)_persons_may_choose", name)
    if more or persons is None:
        raise ValueError("one choice of a flat factor is known")
    return HouseholdSize(
        from_persons=int(found["from_persons"]),
        extra_per_person=Volume.of_m3(found["extra_m3_per_person"]),
        cap=Volume.of_m3(found["cap_m3"]),
        choice_from=int(persons[1]),
        flat_factor_e4=_e4(choice["flat_factor_on_tier_1"]),
    )


def _rules(found: dict[str, Any]) -> DeskRules:
    plausible = found["plausible_per_load_m3"]
    return DeskRules(
        volume_step=Volume.of_m3(found["volume_step_m3"]),
        per_load_cap=Volume.of_m3(found["per_load_cap_m3"]),
        card_fee=Money.of_yuan(found["card_fee_yuan"]),
        plausible_per_load={code: Volume.of_m3(most) for code, most in plausible.items()},
        purchase_caps={code: _cap(most) for code, most in found.get("purchase_cap", {}).items()},
        fees=_fees(found.get("fees", [])),
    )


def _fees(found: list[dict[str, Any]]) -> tuple[Fee, ...]:
    """The catalogue of other fees; a code may come again for days on which the other is over."""
    fees = sorted(map(_fee, found), key=lambda one: (one.code, one.first))
    for one, after in pairwise(fees):
        if one.code == after.code and (one.last is None or after.first <= one.last):
            raise ValueError(f"fee {one.code} has two amounts on one day")
    return tuple(fees)


def _fee(found: dict[str, Any]) -> Fee:
    if ("yuan" in found) == ("from_yuan" in found):
        raise ValueError("an amount is fixed, or has bounds")
    fixed = "yuan" in found
    least, most = (found["yuan"],) * 2 if fixed else (found["from_yuan"], found["to_yuan"])
    return Fee(
        code=_code(found["code"]),
        name=found["name"],
        name_en=found["name_en"],
        basis=found["basis"],
        tax_class=found["tax_class"],
        first=date.fromisoformat(found["from"]),
        last=None if found.get("to") is None else date.fromisoformat(found["to"]),
        least=Money.of_yuan(least),
        most=Money.of_yuan(most),
    )


def _code(text: str) -> str:
    if _FEE_CODE.fullmatch(text) is None:
        raise ValueError(f"not a fee's code: {text!r}")
    return text


def _cap(found: dict[str, Any]) -> PurchaseCap:
    return PurchaseCap(Volume.of_m3(found["m3"]), Period(found["per"]))


def _e4(text: str) -> int:
    """`"2.80"` → 28000; more than four decimals is a ValueError."""
    found = _PRICE.fullmatch(text)
    if found is None:
        raise ValueError(f"not a price: {text!r}")
    return int(found[1]) * 10_000 + int((found[2] or "0").ljust(4, "0"))
