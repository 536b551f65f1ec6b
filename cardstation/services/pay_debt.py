"""Pays the debt of a row's household out of its batch's money, and judges the row again."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.batch_life import Step, advance_batch
from cardstation.errors import Refusal
from cardstation.services.intent.steps import ensure_not_closed
from cardstation.services.judge_again import judge_again
from cardstation.services.lists.changing import ensure_once, live_line
from cardstation.services.settle_arrears import settle_arrears
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.arrears import ArrearsPaid


@dataclass(frozen=True, slots=True)
class DebtPaid:
    """What became of a debt and of its row.

    Attributes:
        place: Of the row as it stands now.
        judged: It was judged again; else another page was first, and it stays as it was.
    """

    paid: ArrearsPaid
    place: int
    judged: bool


def pay_debt(
    station: Station, batch_id: str, place: int, payment_id: str, consent: str
) -> DebtPaid:
    """Pay all that a row's household owes; once that is done, nothing is refused any more.

    Raises:
        Refusal: as `settle_arrears`, and before any money moves `line_fixed`, `line_withdrawn`,
            `already_on_list`, `list_rows_lost`, `batch_not_so_far` (its bag went back),
            `batch_closed_already`.
    """
    paid = settle_arrears(station, batch_id, place, payment_id, consent, ensure=_ensure_free)
    try:
        return DebtPaid(paid, judge_again(station, batch_id, place), judged=True)
    except Refusal:
        return DebtPaid(paid, place, judged=False)


def _ensure_free(reading: Reading, batch_id: str, place: int) -> None:
    """The row may still be judged: it holds no money, counts nowhere else, and its bag is here."""
    line = live_line(reading, batch_id, place)
    ensure_not_closed(reading, batch_id)
    advance_batch(reading.steps.stage(batch_id), Step.REVISED)
    ensure_once(reading, batch_id, line.account_no, but=place)
