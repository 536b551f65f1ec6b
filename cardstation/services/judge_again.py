"""Judges a row of a list again, once what stood against it is settled."""

from __future__ import annotations

from cardstation.domain.batch import CARD_READ, DECIDED, LineKind, ManifestLine, Verdict
from cardstation.domain.batch_life import Step
from cardstation.domain.list_steps import Decided, Revised
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.preflight import PreflightTerms, decide, preflight, without_amount
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.lists.changing import ensure_once, exchange, live_line
from cardstation.services.lists.judging import directory_of, terms_of
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.frozen import thaw_any


def judge_again(station: Station, batch_id: str, place: int) -> int:
    """Judge a row as things stand now; what a person decided about it before still holds.

    What was paid of the household's debts out of the batch's money is taken off its amount, once.

    Args:
        station: The desk.
        batch_id: Of the batch.
        place: Of the row, from 1.

    Returns:
        The place of the row as it is judged now; the same where nothing became of it.

    Raises:
        Refusal: `unknown_batch`, `unknown_line`, `line_fixed`, `line_withdrawn`,
            `already_on_list`, `batch_not_so_far` (its bag went back), and those of
            `ensure_may_write`.
    """
    ensure_may_write(station)
    with station.store.unit() as unit:
        old = live_line(unit, batch_id, place)
        if old.verdict is Verdict.READY:
            return place
        batch = batch_of(unit, batch_id)
        book = directory_of(unit.households, [old.row], (), batch.community)
        accounts = {one.account_no for one in book.by_account.values()} | {old.account_no}
        terms = terms_of(station, unit, accounts, batch_id)
        if old.ground in (CARD_READ, DECIDED):
            new = _decided(unit, batch_id, place, old, terms)
        else:
            (new,) = preflight([old.row], book, terms)
        if (new.verdict, new.reasons) == (old.verdict, old.reasons):
            return place
        if new.verdict is Verdict.READY:
            ensure_once(unit, batch_id, new.account_no, but=place)
        became = exchange(station, unit, batch_id, place, "judged_again", new)
        unit.commit()
    anchor_journal(station)
    return became


def _decided(
    reading: Reading, batch_id: str, place: int, old: ManifestLine, terms: PreflightTerms
) -> ManifestLine:
    """As a person decided, less what was paid of its debts since: what came before is known."""
    household = reading.households.get(old.account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=old.account_no)
    if old.money is None and old.kind is LineKind.SALE:
        return without_amount(old.row, household, terms, ground=old.ground)
    money = old.money
    if money is not None:
        since = _made_at(reading, batch_id, place)
        money = max(NO_MONEY, money - _debts_paid(reading, batch_id, old.account_no, since))
    return decide(old.row, household, money, terms, ground=old.ground)


def _made_at(reading: Reading, batch_id: str, place: int) -> int:
    """The fact with which a line came, 0 = it came with its list."""
    for step in reading.steps.of_batch(batch_id):
        told = thaw_any(Revised | Decided, step.detail) if step.step is Step.REVISED else None
        if isinstance(told, Decided) and told.became == place:
            return step.seq
    return 0


def _debts_paid(reading: Reading, batch_id: str, account_no: str, since: int) -> Money:
    return sum(
        (
            one.money
            for seq, one in reading.arrears.every()
            if seq > since and (one.batch_id, one.account_no) == (batch_id, account_no)
        ),
        NO_MONEY,
    )
