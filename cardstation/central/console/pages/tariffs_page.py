"""Prices: what is in force, what comes, and a proposal for a new price list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cardstation.central.console.prices import (
    MOST_TIERS,
    Sample,
    in_force,
    read_body,
    refuse_unfit,
    samples,
    shown_steps,
    typed_body,
)
from cardstation.central.console.proposals import Kind, Proposal, propose, waiting
from cardstation.central.console.roles import Right
from cardstation.central.console.visit import Act, Done, Page, Visit
from cardstation.domain.tariff import Tariff


@dataclass(frozen=True, slots=True)
class PriceList:
    """A tariff.

    Attributes:
        state: `now`, `comes` or `was`. steps: As people read them.
    """

    tariff: Tariff
    state: str
    steps: tuple[Mapping[str, str], ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Prices:
    """The page's value; `steps` of the form."""

    lists: tuple[PriceList, ...]
    pending: tuple[Proposal, ...]
    steps: range


def show(visit: Visit) -> Prices:
    """Every tariff, and the form."""
    known = in_force(visit.connection)
    today = visit.now.date()
    lists = [
        PriceList(one, _state(one, known, today), shown_steps(one), samples(one, known))
        for one in known
    ]
    pending = waiting(visit.connection, Kind.TARIFF)
    return Prices(tuple(reversed(lists)), pending, range(1, MOST_TIERS + 1))


def _state(one: Tariff, known: tuple[Tariff, ...], today: date) -> str:
    if one.effective > today:
        return "comes"
    same = [other.effective for other in known if other.code == one.code]
    return "now" if one.effective == max(day for day in same if day <= today) else "was"


def propose_tariff(visit: Visit) -> Done:
    """Put a price list before a second person.

    Raises:
        Refusal: `tariff_wrong`, `tariff_too_early`, `tariff_there`, `reason_missing`,
            `proposed_already`.
    """
    body = typed_body(visit.asked)
    tariff = read_body(body)
    refuse_unfit(visit.connection, tariff, visit.now.date())
    reason, who = visit.get("reason"), visit.who.name
    propose(visit.connection, Kind.TARIFF, tariff.version, body, reason=reason, by=who)
    return Done("proposed", f"tariff {tariff.version}", reason, "tariffs")


PAGES = (Page("tariffs", "Tariffs", Right.LOOK, show, icon="money", key="f"),)
ACTS = (Act("tariffs", "tariffs", Right.TARIFF, propose_tariff),)
