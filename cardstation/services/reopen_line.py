"""Takes a decision about a row back while no money is in it."""

from __future__ import annotations

from cardstation.domain.batch import DECIDED, Verdict
from cardstation.domain.preflight import preflight
from cardstation.domain.revision import LEFT_OUT
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.lists.changing import ensure_once, exchange, free_line
from cardstation.services.lists.judging import directory_of, terms_of
from cardstation.services.station import Station


def reopen_line(station: Station, batch_id: str, place: int) -> int:
    """Take a decision back while no money is in the line: its row is judged anew, as written.

    Args:
        station: The desk.
        batch_id: Of the batch.
        place: Of the decided line, or of the one that was left out.

    Returns:
        The place of the row as it is judged now.

    Raises:
        Refusal: `unknown_batch`, `unknown_line`, `line_fixed`, `not_decided`.
    """
    ensure_may_write(station)
    with station.store.unit() as unit:
        old = free_line(unit, batch_id, place)
        decided = old.ground == DECIDED and not old.withdrawn
        if not decided and not old.withdrawn.startswith(LEFT_OUT):
            raise Refusal("not_decided", batch_id=batch_id, place=place)
        batch = batch_of(unit, batch_id)
        book = directory_of(unit.households, [old.row], (), batch.community)
        accounts = {household.account_no for household in book.by_account.values()}
        terms = terms_of(station, unit, accounts, batch_id)
        (new,) = preflight([old.row], book, terms)
        if new.verdict is Verdict.READY:
            ensure_once(unit, batch_id, new.account_no, but=place)
        became = exchange(station, unit, batch_id, place, "reopened", new)
        unit.commit()
    anchor_journal(station)
    return became
