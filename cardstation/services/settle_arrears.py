"""Pays what a household owes out of money received for its batch: with consent, on its own line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cardstation.domain.household import Household
from cardstation.domain.ledger import EntryKind
from cardstation.domain.money import NO_MONEY
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.at_work import on_money
from cardstation.services.intent.debts import free_for_debts
from cardstation.services.intent.facts import append
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.owing import ensure_debt_certain, figure_of, owing_after
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.arrears import ArrearsPaid
from cardstation.store.frozen import freeze

CONSENTS = ("signed", "message", "spoken")
"""How consent was given: on paper, in writing from the household, said at the desk."""

Ensure = Callable[[Reading, str, int], None]
"""Refuses where something does not hold of a batch's line."""


def _anything(_reading: Reading, _batch_id: str, _place: int) -> None:
    """Nothing else must hold."""


@on_money
def settle_arrears(
    station: Station,
    batch_id: str,
    place: int,
    payment_id: str,
    consent: str,
    *,
    ensure: Ensure = _anything,
) -> ArrearsPaid:
    """Pay all that the household of a line owes; its row can be decided anew then.

    Args:
        station: The desk.
        batch_id: Of the batch.
        place: Of the household's line, from 1.
        payment_id: Out of whose money no line holds.
        consent: How consent was given, one of `CONSENTS`.
        ensure: What else must hold of the line, asked in the commit that moves the money.

    Raises:
        Refusal: `unknown_batch`, `unknown_line`, `unknown_household`, `consent_unknown`,
            `no_arrears`, `unknown_payment` (also for what lay in another household's envelope),
            `more_than_remains`, those of `ensure`, of `ensure_debt_certain` and of
            `ensure_may_sell`.
    """
    ensure_may_sell(station)
    if consent not in CONSENTS:
        raise Refusal("consent_unknown", given=consent, known=" ".join(CONSENTS))
    with station.store.unit() as unit:
        household = _household(unit, batch_id, place)
        ensure(unit, batch_id, place)
        _ensure_covered(unit, batch_id, payment_id, household)
        paid = ArrearsPaid(
            arrears_id=new_id(station.clock),
            batch_id=batch_id,
            payment_id=payment_id,
            account_no=household.account_no,
            money=household.arrears,
            consent=consent,
            at=station.clock.now(),
            filed=figure_of(unit, household),
            as_of=household.arrears_as_of,
        )
        stored = append(
            station,
            unit,
            EntryKind.ARREARS_PAID,
            paid.arrears_id,
            account_no=paid.account_no,
            fen=paid.money.fen,
            balance_fen=paid.filed.fen,
            batch=batch_id,
            witness="" if paid.as_of is None else paid.as_of.isoformat(),
            detail=freeze(paid),
        )
        unit.arrears.add(paid, seq=stored.seq)
        unit.households.update(replace(household, arrears=NO_MONEY))
        unit.commit()
    anchor_journal(station)
    return paid


def arrears_again(unit: Unit, paid: ArrearsPaid, *, seq: int) -> None:
    """Put arrears paid back that this station lost."""
    household = unit.households.get(paid.account_no)
    if household is not None:
        unit.households.update(owing_after(household, paid.at.date(), -paid.money))
    unit.arrears.add(paid, seq=seq)


def _household(reading: Reading, batch_id: str, place: int) -> Household:
    lines = batch_of(reading, batch_id).lines
    if not 0 < place <= len(lines):
        raise Refusal("unknown_line", batch_id=batch_id, place=place)
    account_no = lines[place - 1].account_no
    household = reading.households.get(account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=account_no)
    return household


def _ensure_covered(reading: Reading, batch_id: str, payment_id: str, household: Household) -> None:
    """What is free of that payment pays for all that the household owes, which is certain."""
    ensure_debt_certain(reading, household.account_no)
    if household.arrears <= NO_MONEY:
        raise Refusal("no_arrears", account_no=household.account_no)
    free = free_for_debts(reading, batch_id).get(payment_id)
    if free is None or not free.may_pay(household.account_no):
        raise Refusal("unknown_payment", payment_id=payment_id, batch_id=batch_id)
    if household.arrears > free.money:
        raise Refusal("more_than_remains", fen=household.arrears.fen, remains_fen=free.money.fen)
