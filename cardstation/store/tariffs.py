"""Tariffs and desk rules as rows; the steps of a tariff are kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, Integer, Row, Table, Text, select

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
from cardstation.sql.asked import Asked
from cardstation.sql.types import Day, Fen, Litres
from cardstation.store.frozen import freeze, thaw_any
from cardstation.store.tables import metadata

tariffs = Table(
    "tariffs",
    metadata,
    Column("code", Text, primary_key=True),
    Column("effective", Day, primary_key=True),
    Column("tiers", Text, nullable=False),
    Column("household_size", Text),
)

desk_rules = Table(
    "desk_rules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("volume_step", Litres, nullable=False),
    Column("per_load_cap", Litres, nullable=False),
    Column("card_fee", Fen, nullable=False),
    Column("plausible_per_load", Text, nullable=False),
    Column("purchase_caps", Text, nullable=False, server_default="{}"),
    Column("fees", Text, nullable=False, server_default="[]"),
)

_RULES = Asked(select(desk_rules))
"""Asked for every card: made once."""


class Tariffs:
    """The price lists of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def every(self) -> tuple[Tariff, ...]:
        """All versions of all tariffs, by code and first day."""
        query = select(tariffs).order_by(tariffs.c.code, tariffs.c.effective)
        return tuple(map(_tariff, self._connection.execute(query)))

    def rules(self) -> DeskRules | None:
        """The desk rules, None before the first import."""
        row = _RULES.first(self._connection)
        return None if row is None else _rules(row)

    def replace(self, every: Sequence[Tariff], rules: DeskRules) -> None:
        """Put these tariffs and rules in the place of all on file.

        Sales keep the prices they were made at: an entry carries its own tiers.
        """
        self._connection.execute(tariffs.delete())
        self._connection.execute(tariffs.insert(), [_tariff_row(tariff) for tariff in every])
        self._connection.execute(desk_rules.delete())
        self._connection.execute(desk_rules.insert(), [_rules_row(rules)])


def _tariff_row(tariff: Tariff) -> dict[str, Any]:
    size = tariff.household_size
    tiers = [[tier.to.litres if tier.to else None, tier.price_e4] for tier in tariff.tiers]
    return {
        "code": tariff.code,
        "effective": tariff.effective,
        "tiers": json.dumps(tiers),
        "household_size": None if size is None else json.dumps(_size_row(size)),
    }


def _size_row(size: HouseholdSize) -> list[int]:
    return [
        size.from_persons,
        size.extra_per_person.litres,
        size.cap.litres,
        size.choice_from,
        size.flat_factor_e4,
    ]


def _tariff(row: Row[Any]) -> Tariff:
    tiers = tuple(
        Tier(None if to is None else Volume(to), price_e4) for to, price_e4 in json.loads(row.tiers)
    )
    size = None
    if row.household_size is not None:
        persons, extra, cap, choice_from, factor = json.loads(row.household_size)
        size = HouseholdSize(persons, Volume(extra), Volume(cap), choice_from, factor)
    return Tariff(row.code, row.effective, tiers, size)


def _rules_row(rules: DeskRules) -> dict[str, Any]:
    plausible = {code: volume.litres for code, volume in rules.plausible_per_load.items()}
    caps = {code: [cap.volume.litres, cap.period] for code, cap in rules.purchase_caps.items()}
    return {
        "id": 1,
        "volume_step": rules.volume_step,
        "per_load_cap": rules.per_load_cap,
        "card_fee": Money(rules.card_fee.fen),
        "plausible_per_load": json.dumps(plausible, ensure_ascii=False),
        "purchase_caps": json.dumps(caps, ensure_ascii=False),
        "fees": freeze(rules.fees),
    }


def _rules(row: Row[Any]) -> DeskRules:
    return DeskRules(
        volume_step=row.volume_step,
        per_load_cap=row.per_load_cap,
        card_fee=row.card_fee,
        plausible_per_load={
            code: Volume(litres) for code, litres in json.loads(row.plausible_per_load).items()
        },
        purchase_caps={
            code: PurchaseCap(Volume(litres), Period(period))
            for code, (litres, period) in json.loads(row.purchase_caps).items()
        },
        fees=thaw_any(tuple[Fee, ...], row.fees),
    )
