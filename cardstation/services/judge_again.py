"""Judges a row of a list again, once what stood against it is settled."""

from __future__ import annotations

from cardstation.domain.batch import DECIDED, ManifestLine, Verdict
from cardstation.domain.preflight import PreflightTerms, decide, preflight
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.lists.changing import ensure_once, exchange, live_line
from cardstation.services.lists.judging import directory_of, terms_of
from cardstation.services.station import Station
from cardstation.store import Reading


def judge_again(station: Station, batch_id: str, place: int) -> int:
    """Judge a row as things stand now; what a person decided about it before still holds.

    What was paid of the household's debts out of the batch's money is taken off its amount.

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
        if old.ground == DECIDED:
            new = _decided(unit, old, terms)
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


def _decided(reading: Reading, old: ManifestLine, terms: PreflightTerms) -> ManifestLine:
    household = reading.households.get(old.account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=old.account_no)
    money = None if old.money is None else terms.after_debts(household, old.money)
    return decide(old.row, household, money, terms)
