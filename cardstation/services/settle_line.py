"""Decides a row that needs a human: whom it means and how much is paid."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.batch import ManifestLine, Verdict
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.preflight import BLOCKING, IN_OTHER_BATCH, ORDER_WAITS, SAID_ONCE, decide
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.guards import (
    ensure_may_write,
    ensure_on_duty,
    ensure_other_person,
)
from cardstation.services.lists.changing import ensure_once, exchange, live_line
from cardstation.services.lists.judging import terms_of
from cardstation.services.station import Station
from cardstation.store import Reading


def settle_line(
    station: Station,
    batch_id: str,
    place: int,
    account_no: str,
    money: Money | None,
    approval: Approval | None = None,
) -> int:
    """Say whom a row means and how much is paid; the decided line counts from now on.

    A household that waits in another open batch, or whose paid order waits while money is to be
    taken, is said first: its row still needs a person, and counts when the same is decided again.

    Args:
        station: The desk.
        batch_id: Of the batch.
        place: Of the row, from 1.
        account_no: Whom it means.
        money: What is paid; None = the order that was paid online is loaded.
        approval: Of the second person, where money in the row's envelope is another household's:
            it pays for this one, and what is left is still its payer's.

    Returns:
        The place of the decided line.

    Raises:
        Refusal: `envelope_needs_two`, `second_person_same`,
            `unknown_batch`, `unknown_line`, `line_fixed`, `line_withdrawn`,
            `unknown_household`, `already_on_list` (with its place), `zero_amount`, and what no
            person can decide away: `account_stopped`, `account_closed`, `arrears`,
            `card_blacklisted`, `chip_not_supported`, `prepaid_order_missing`, price and limits;
            those of `ensure_may_write` and `ensure_on_duty`.
    """
    ensure_may_write(station)
    ensure_on_duty(station)
    if approval is not None:
        ensure_other_person(station, approval)
    approver = "" if approval is None else approval.name
    if money is not None and money <= NO_MONEY:
        raise Refusal("zero_amount")
    with station.store.unit() as unit:
        old = live_line(unit, batch_id, place)
        new = _decided(station, unit, batch_id, old, account_no, money)
        ensure_once(unit, batch_id, new.account_no, but=place)
        became = exchange(station, unit, batch_id, place, "decided", new, approver=approver)
        unit.commit()
    anchor_journal(station)
    return became


def _decided(
    station: Station,
    reading: Reading,
    batch_id: str,
    old: ManifestLine,
    account_no: str,
    money: Money | None,
) -> ManifestLine:
    """The decided line; not ready yet where it is new that its household waits elsewhere too."""
    household = reading.households.get(account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=account_no)
    terms = terms_of(station, reading, {account_no}, batch_id)
    said = old.reasons if old.account_no == account_no else ()
    if IN_OTHER_BATCH in said:
        terms = replace(terms, elsewhere=frozenset())
    if ORDER_WAITS in said and money is not None:
        terms = replace(terms, orders={})
    new = decide(old.row, household, money, terms)
    if new.verdict is not Verdict.READY and not SAID_ONCE.issuperset(new.reasons):
        if money is not None and new.reasons[0] not in (*BLOCKING, "arrears"):
            terms.sell(household, money)  # refuses with its own limits
        raise Refusal(
            new.reasons[0],
            account_no=account_no,
            card_no=household.card_no,
            fen=household.arrears.fen,
        )
    return new
