"""What the rows of feeds mean: a household of a district; a price, the rules, a blocked card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cardstation.domain.feed import Row
from cardstation.domain.household import Address, Household, HouseholdStatus
from cardstation.domain.meter import Meter, MeterKind
from cardstation.domain.money import NO_MONEY, Money
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
from cardstation.errors import Defect

_TARIFF, _RULES, _BLOCKED = "tariff/", "rules", "blocked/"
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Policy:
    """What the centre says to every desk.

    Attributes:
        tariffs: Every version of every price list; empty = the desk's own hold.
        rules: None where `tariffs` are empty.
        blocked: Reason by card number.
    """

    tariffs: tuple[Tariff, ...] = ()
    rules: DeskRules | None = None
    blocked: Mapping[str, str] = field(default_factory=dict)


def names_household(account_no: str) -> bool:
    """Whether a household's key cannot be that of another kind of row."""
    return "/" not in account_no and account_no != _RULES


def household_row(household: Household) -> Row:
    """A household as the centre files it: card generation and balance are the desk's alone.

    The last day of a relief stands in rows that have one.
    """
    address, meter = household.address, household.meter
    return (
        household.account_no,
        household.name,
        household.phone,
        address.community,
        address.building,
        address.unit,
        address.room,
        household.zone,
        household.team,
        household.card_no,
        meter.meter_no,
        meter.kind.value,
        _said(meter.installed),
        household.chip,
        household.tariff,
        household.persons,
        household.relief_per_month.litres,
        household.bought_this_year.litres,
        household.tier_year,
        household.purchase_counter,
        household.arrears.fen,
        _said(household.arrears_as_of),
        household.status.value,
        *([_said(household.relief_until)] if household.relief_until else []),
    )


def household_from(row: Row) -> Household:
    """A household from its row.

    Raises:
        ValueError: it is none.
    """
    (account_no, name, phone, community, building, unit, room, zone, team, card_no, *more) = row
    (meter_no, kind, installed, chip, tariff, persons, relief, bought, *more) = more
    tier_year, counter, arrears, as_of, status, *until = more
    relief_until = until.pop() if until else ""
    _ensure(not until)
    texts = (account_no, name, phone, community, building, unit, room, zone, team, card_no)
    _ensure_texts(*texts, meter_no, kind, installed, chip, tariff, as_of, status, relief_until)
    _ensure_counts(persons, relief, bought, tier_year, counter, arrears)
    return Household(
        account_no=account_no,
        name=name,
        phone=phone,
        address=Address(community, building, unit, room),
        zone=zone,
        team=team,
        card_no=card_no,
        generation=0,
        meter=Meter(meter_no, MeterKind(kind), _day(installed)),
        chip=chip,
        tariff=tariff,
        persons=persons,
        relief_per_month=Volume(relief),
        bought_this_year=Volume(bought),
        tier_year=tier_year,
        purchase_counter=counter,
        arrears=Money(arrears),
        arrears_as_of=_day(as_of),
        balance=NO_MONEY,
        status=HouseholdStatus(status),
        relief_until=_day(relief_until),
    )


def policy_rows(policy: Policy) -> dict[str, Row]:
    """A policy as rows, by key."""
    found: dict[str, Any] = {f"{_TARIFF}{one.version}": _tariff(one) for one in policy.tariffs}
    if policy.rules is not None:
        found[_RULES] = _rules(policy.rules)
    found |= {f"{_BLOCKED}{card_no}": said for card_no, said in policy.blocked.items()}
    return {key: (key, value) for key, value in found.items()}


def policy_from(rows: Mapping[str, Row]) -> Policy:
    """A policy from its rows.

    Raises:
        ValueError: they are none, or prices come without rules.
    """
    tariffs: list[Tariff] = []
    blocked: dict[str, str] = {}
    rules = None
    try:
        for key, (_, value) in rows.items():
            if key.startswith(_TARIFF):
                tariffs.append(_tariff_from(value))
                _ensure(key == f"{_TARIFF}{tariffs[-1].version}")
            elif key == _RULES:
                rules = _rules_from(value)
            else:
                _ensure(key.startswith(_BLOCKED) and isinstance(value, str))
                blocked[key.removeprefix(_BLOCKED)] = value
    except (KeyError, TypeError, AttributeError, Defect) as error:
        raise ValueError("no policy") from error
    _ensure(bool(tariffs) == (rules is not None))
    tariffs.sort(key=lambda one: (one.code, one.effective))
    return Policy(tuple(tariffs), rules, blocked)


def _tariff(tariff: Tariff) -> dict[str, Any]:
    size = tariff.household_size
    return {
        "code": tariff.code,
        "from": tariff.effective.isoformat(),
        "tiers": [[one.to.litres if one.to else None, one.price_e4] for one in tariff.tiers],
        "size": size
        and [
            *(size.from_persons, size.extra_per_person.litres, size.cap.litres),
            *(size.choice_from, size.flat_factor_e4),
        ],
    }


def _tariff_from(said: Mapping[str, Any]) -> Tariff:
    size = None
    if said["size"] is not None:
        persons, extra, cap, choice, factor = said["size"]
        _ensure_counts(persons, extra, cap, choice, factor)
        size = HouseholdSize(persons, Volume(extra), Volume(cap), choice, factor)
    tiers = [(to, price) for to, price in said["tiers"]]
    _ensure_counts(*(number for tier in tiers for number in tier if number is not None))
    _ensure_texts(said["code"])
    return Tariff(
        said["code"],
        date.fromisoformat(said["from"]),
        tuple(Tier(None if to is None else Volume(to), price) for to, price in tiers),
        size,
    )


def _rules(rules: DeskRules) -> dict[str, Any]:
    caps = rules.purchase_caps.items()
    return {
        "step": rules.volume_step.litres,
        "load": rules.per_load_cap.litres,
        "card_fee": rules.card_fee.fen,
        "plausible": {code: most.litres for code, most in rules.plausible_per_load.items()},
        "caps": {code: [cap.volume.litres, cap.period.value] for code, cap in caps},
        **({"fees": [_fee(one) for one in rules.fees]} if rules.fees else {}),
    }


def _fee(fee: Fee) -> list[Any]:
    return [
        *(fee.code, fee.name, fee.name_en, fee.basis, fee.tax_class),
        *(_said(fee.first), _said(fee.last), fee.least.fen, fee.most.fen),
    ]


def _fee_from(said: Sequence[Any]) -> Fee:
    code, name, name_en, basis, tax_class, first, last, least, most = said
    _ensure_texts(code, name, name_en, basis, tax_class, first, last)
    _ensure_counts(least, most)
    return Fee(
        *(code, name, name_en, basis, tax_class, date.fromisoformat(first), _day(last)),
        least=Money(least),
        most=Money(most),
    )


def _rules_from(said: Mapping[str, Any]) -> DeskRules:
    plausible, caps = said["plausible"], said["caps"]
    _ensure_counts(said["step"], said["load"], said["card_fee"], *plausible.values())
    _ensure_counts(*(most for most, _ in caps.values()))
    return DeskRules(
        volume_step=Volume(said["step"]),
        per_load_cap=Volume(said["load"]),
        card_fee=Money(said["card_fee"]),
        plausible_per_load={code: Volume(most) for code, most in plausible.items()},
        purchase_caps={
            code: PurchaseCap(Volume(most), Period(period)) for code, (most, period) in caps.items()
        },
        fees=tuple(map(_fee_from, said.get("fees", []))),
    )


def _said(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _ensure_texts(*values: object) -> None:
    _ensure(all(isinstance(value, str) for value in values))


def _ensure_counts(*values: object) -> None:
    """Whole numbers, none below zero, none that a store cannot hold."""
    _ensure(all(type(one) is int and 0 <= one <= _LARGEST for one in values))


def _ensure(well: bool) -> None:
    if not well:
        raise ValueError("not what a row holds")
