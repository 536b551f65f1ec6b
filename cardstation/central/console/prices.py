"""Tariffs as people type them, as proposals carry them, and as they are in force."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select

from cardstation.central.console.tables import tariffs
from cardstation.domain.money import Money
from cardstation.domain.tariff import Standing, Tariff, Tier
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal

MOST_TIERS = 5
SAMPLES_M3 = (50, 200, 400, 600, 1_000)
_CODE_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True, slots=True)
class Sample:
    """What a household that has bought nothing yet this year pays for a volume.

    Attributes:
        before: By the tariff that is in force until then, None where there is none.
    """

    volume: Volume
    price: Money
    before: Money | None


def typed_body(fields: Mapping[str, str]) -> dict[str, Any]:
    """A tariff as the station's own files write it, from the fields of a form.

    Args:
        fields: `code`, `from`, and `to_1`, `price_1` … of at most `MOST_TIERS` steps.

    Raises:
        Refusal: `tariff_wrong`.
    """
    tiers = []
    for at in range(1, MOST_TIERS + 1):
        to, price = fields.get(f"to_{at}", "").strip(), fields.get(f"price_{at}", "").strip()
        if price:
            tiers.append({"to_m3": to or None, "price": price})
        elif to:
            raise Refusal("tariff_wrong")
    body = {"code": fields.get("code", "").strip(), "from": fields.get("from", ""), "tiers": tiers}
    read_body(body)
    return body


def read_body(body: Mapping[str, Any]) -> Tariff:
    """A tariff as a value.

    Raises:
        Refusal: `tariff_wrong`.
    """
    code = str(body.get("code", ""))
    try:
        effective = date.fromisoformat(str(body.get("from", "")))
        tiers = tuple(_tier(one["to_m3"], one["price"]) for one in body["tiers"])
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal("tariff_wrong") from error
    limits = [tier.to.litres for tier in tiers[:-1] if tier.to is not None]
    whole = bool(tiers) and len(limits) == len(tiers) - 1 and tiers[-1].to is None
    rising = limits == sorted({0, *limits} - {0})
    named = 0 < len(code) <= 40 and _CODE_SIGNS.issuperset(code)
    if not (whole and rising and named and all(tier.price_e4 > 0 for tier in tiers)):
        raise Refusal("tariff_wrong")
    return Tariff(code, effective, tiers, None)


def in_force(connection: Connection) -> tuple[Tariff, ...]:
    """Every approved tariff, by code and first day."""
    rows = connection.scalars(select(tariffs.c.body).order_by(tariffs.c.code, tariffs.c.effective))
    return tuple(read_body(json.loads(body)) for body in rows)


def refuse_unfit(connection: Connection, tariff: Tariff, today: date) -> None:
    """Refuse a tariff that would change a price that was in force.

    Raises:
        Refusal: `tariff_too_early`, `tariff_there`.
    """
    if tariff.effective <= today:
        raise Refusal("tariff_too_early")
    there = select(tariffs.c.version).where(tariffs.c.version == tariff.version)
    if connection.scalar(there) is not None:
        raise Refusal("tariff_there", version=tariff.version)


def put_in_force(
    connection: Connection, body: Mapping[str, Any], proposal: int, today: date
) -> None:
    """Keep an approved tariff.

    Raises:
        Refusal: as `refuse_unfit`: a day may have passed since it was proposed.
    """
    tariff = read_body(body)
    refuse_unfit(connection, tariff, today)
    connection.execute(
        insert(tariffs).values(
            version=tariff.version,
            code=tariff.code,
            effective=tariff.effective,
            body=json.dumps(dict(body), ensure_ascii=False),
            proposal=proposal,
        )
    )


def samples(tariff: Tariff, known: Sequence[Tariff]) -> tuple[Sample, ...]:
    """What some volumes cost by a tariff, and by the one before it of the same code."""
    earlier = [one for one in known if one.code == tariff.code and one.effective < tariff.effective]
    found = []
    for m3 in SAMPLES_M3:
        volume, standing = Volume(m3 * 1_000), Standing(tariff.effective.year)
        before = earlier[-1].price(volume, standing).total if earlier else None
        found.append(Sample(volume, tariff.price(volume, standing).total, before))
    return tuple(found)


def shown_steps(tariff: Tariff) -> tuple[Mapping[str, str], ...]:
    """Its steps as a form writes them: `to_m3` (empty = no end) and `price` in yuan."""
    return tuple(
        {"to_m3": "" if tier.to is None else tier.to.m3, "price": _yuan(tier.price_e4)}
        for tier in tariff.tiers
    )


def _yuan(price_e4: int) -> str:
    whole, part = divmod(price_e4, 10_000)
    text = f"{part:04d}".rstrip("0").ljust(2, "0")
    return f"{whole}.{text}"


def _tier(to_m3: str | None, price: str) -> Tier:
    """Prices have up to four decimals: 0.0001 yuan."""
    whole, dot, part = str(price).partition(".")
    if len(part) > 4 or not (whole + part).isascii() or not (whole + part).isdigit() or not whole:
        raise ValueError(price)
    if dot and not part:
        raise ValueError(price)
    price_e4 = int(whole) * 10_000 + int((part or "0").ljust(4, "0"))
    return Tier(None if to_m3 is None else Volume.of_m3(to_m3), price_e4)
