"""Households as rows: the directory, with what the station itself sold since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    Row,
    Table,
    Text,
    and_,
    bindparam,
    func,
    select,
    text,
)

from cardstation.domain.household import Address, Household, HouseholdStatus
from cardstation.domain.meter import Meter, MeterKind
from cardstation.sql.asked import Asked
from cardstation.sql.types import Day, Fen, Litres, Word
from cardstation.store.tables import metadata

households = Table(
    "households",
    metadata,
    Column("account_no", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("community", Text, nullable=False, index=True),
    Column("building", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("room", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("card_no", Text, nullable=False, index=True),
    Column("generation", Integer, nullable=False),
    Column("meter_no", Text, nullable=False, index=True),
    Column("meter_kind", Word(MeterKind), nullable=False),
    Column("meter_installed", Day),
    Column("chip", Text, nullable=False),
    Column("tariff", Text, nullable=False),
    Column("persons", Integer, nullable=False),
    Column("relief_per_month", Litres, nullable=False),
    Column("bought_this_year", Litres, nullable=False),
    Column("tier_year", Integer, nullable=False),
    Column("purchase_counter", Integer, nullable=False),
    Column("arrears", Fen, nullable=False),
    Column("arrears_as_of", Day),
    Column("balance", Fen, nullable=False),
    Column("status", Word(HouseholdStatus), nullable=False),
    Column("relief_until", Day),
)

_AT_ONCE = 500

_COMMUNITIES = text(
    "WITH RECURSIVE known(last) AS (SELECT min(community) FROM households UNION ALL "
    "SELECT (SELECT min(community) FROM households WHERE community > known.last) FROM known "
    "WHERE known.last IS NOT NULL) SELECT last FROM known WHERE last IS NOT NULL"
)
"""From one name to the next along the index: a DISTINCT would walk over every household."""


_BOOKED = ("balance", "bought_this_year", "purchase_counter", "tier_year")
_OF_ACCOUNT = Asked(select(households).where(households.c.account_no == bindparam("account_no")))
_UPDATE = Asked(
    households.update()
    .where(households.c.account_no == bindparam("key"))
    .values({one.name: bindparam(one.name) for one in households.c if one.name != "account_no"})
)
_BOOK = Asked(
    households.update()
    .where(households.c.account_no == bindparam("key"))
    .values({name: bindparam(name) for name in _BOOKED})
)
"""Asked for every card: made once."""


class Households:
    """The households of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, account_no: str) -> Household | None:
        """The household of an account."""
        row = _OF_ACCOUNT.first(self._connection, account_no=account_no)
        return None if row is None else from_row(row)

    def of_card(self, card_no: str) -> tuple[Household, ...]:
        """Households with this card number: more than one when the directory repeats it."""
        return self._find(households.c.card_no == card_no)

    def of_meter(self, meter_no: str) -> tuple[Household, ...]:
        """Households with this meter number."""
        return self._find(households.c.meter_no == meter_no)

    def of_community(self, community: str) -> tuple[Household, ...]:
        """Every household of a community."""
        return self._find(households.c.community == community)

    def phoned(self, tail: str, most: int) -> tuple[Household, ...]:
        """Households whose phone number ends like this, at most so many."""
        return self._find(households.c.phone.endswith(tail, autoescape=True), most)

    def behind(self, building: str, unit: str, room: str, most: int) -> tuple[Household, ...]:
        """Households behind this door of any community, zeros in front not looked at."""
        said = {"building": building, "unit": unit, "room": room}
        same = (func.ltrim(households.c[name], "0") == part for name, part in said.items())
        return self._find(and_(*same), most)

    def named(self, text: str, most: int) -> tuple[Household, ...]:
        """Households with this in their name, at most so many."""
        return self._find(households.c.name.contains(text, autoescape=True), most)

    def numbered(self, account_nos: Iterable[str], card_nos: Iterable[str]) -> list[Household]:
        """Households with one of these account or card numbers, in a few queries, each once."""
        found: dict[str, Household] = {}
        for column, numbers in (
            (households.c.account_no, account_nos),
            (households.c.card_no, card_nos),
        ):
            for part in in_parts(sorted(set(numbers))):
                for household in self._find(column.in_(part)):
                    found[household.account_no] = household
        return list(found.values())

    def every(self) -> tuple[Household, ...]:
        """The whole directory, by account number."""
        return self._find(households.c.account_no != "")

    def communities(self) -> tuple[str, ...]:
        """Names of all communities."""
        return tuple(self._connection.scalars(_COMMUNITIES))

    def count(self) -> int:
        """How many households are on file."""
        return len(self._connection.scalars(select(households.c.account_no)).all())

    def put(self, some: Sequence[Household]) -> None:
        """Add households or replace those with the same account number."""
        if not some:
            return
        numbers = [household.account_no for household in some]
        for part in in_parts(numbers):
            self._connection.execute(households.delete().where(households.c.account_no.in_(part)))
        self._connection.execute(households.insert(), [to_row(household) for household in some])

    def update(self, household: Household) -> None:
        """Replace one household that is on file."""
        _UPDATE.write(self._connection, {**to_row(household), "key": household.account_no})

    def book(self, household: Household) -> None:
        """Keep what a load changes of a household on file: balance, gas bought, and its counter."""
        booked: dict[str, Any] = {name: getattr(household, name) for name in _BOOKED}
        _BOOK.write(self._connection, {**booked, "key": household.account_no})

    def _find(self, condition: Any, most: int | None = None) -> tuple[Household, ...]:
        query = select(households).where(condition).order_by(households.c.account_no)
        return tuple(map(from_row, self._connection.execute(query.limit(most))))


def to_row(household: Household) -> dict[str, Any]:
    """A household as a row."""
    address, meter = household.address, household.meter
    return {
        "account_no": household.account_no,
        "name": household.name,
        "phone": household.phone,
        "community": address.community,
        "building": address.building,
        "unit": address.unit,
        "room": address.room,
        "zone": household.zone,
        "team": household.team,
        "card_no": household.card_no,
        "generation": household.generation,
        "meter_no": meter.meter_no,
        "meter_kind": meter.kind,
        "meter_installed": meter.installed,
        "chip": household.chip,
        "tariff": household.tariff,
        "persons": household.persons,
        "relief_per_month": household.relief_per_month,
        "bought_this_year": household.bought_this_year,
        "tier_year": household.tier_year,
        "purchase_counter": household.purchase_counter,
        "arrears": household.arrears,
        "arrears_as_of": household.arrears_as_of,
        "balance": household.balance,
        "status": household.status,
        "relief_until": household.relief_until,
    }


def from_row(row: Row[Any]) -> Household:
    """A household from its row."""
    return Household(
        account_no=row.account_no,
        name=row.name,
        phone=row.phone,
        address=Address(row.community, row.building, row.unit, row.room),
        zone=row.zone,
        team=row.team,
        card_no=row.card_no,
        generation=row.generation,
        meter=Meter(row.meter_no, row.meter_kind, row.meter_installed),
        chip=row.chip,
        tariff=row.tariff,
        persons=row.persons,
        relief_per_month=row.relief_per_month,
        bought_this_year=row.bought_this_year,
        purchase_counter=row.purchase_counter,
        arrears=row.arrears,
        balance=row.balance,
        status=row.status,
        tier_year=row.tier_year,
        arrears_as_of=row.arrears_as_of,
        relief_until=row.relief_until,
    )


def in_parts(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    """Numbers as many at a time as one query names."""
    for start in range(0, len(numbers), _AT_ONCE):
        yield numbers[start : start + _AT_ONCE]
