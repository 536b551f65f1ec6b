"""Batches whose list a restored station lost: entries and money came back, the rows did not.

Its money goes back to its payers, or its list is taken in again. Of its rows those are known of
whose cards a hand-over, an explanation or a load tells: no count makes these cards go away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cardstation.domain.batch import Batch, LineKind, ListRow, ManifestLine, Verdict
from cardstation.domain.batch_life import Step
from cardstation.domain.custody import HandOver, Moved
from cardstation.domain.list_steps import Listed
from cardstation.domain.preflight import FORGIVEN
from cardstation.domain.seal_number import is_seal
from cardstation.domain.topup import TopUp
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services.intent.moved import moved_of
from cardstation.services.intent.steps import exchanges_of
from cardstation.store import Reading
from cardstation.store.frozen import thaw

LIST_LOST = "list_lost"
"""Why a row of a lost list stands where it does."""


def is_lost(batch: Batch) -> bool:
    """Whether no row of a batch is on file."""
    return all(LIST_LOST in line.reasons for line in batch.lines)


def lost_ids(reading: Reading) -> tuple[str, ...]:
    """Ids of the batches whose list is not on file, the newest first.

    A seal is none: it is another desk's bag, whose list never was here.
    """
    told = {*reading.steps.stages(), *(one.batch_id for one in reading.funds.payments())}
    lost = (one for one in told.difference(reading.batches.ids()) if not is_seal(one))
    return tuple(sorted(lost, reverse=True))


def ensure_listed_here(batch_id: str) -> None:
    """It is a batch, not the seal of a bag whose list lies at another desk.

    Raises:
        Refusal: `bag_listed_elsewhere`.
    """
    if is_seal(batch_id):
        raise Refusal("bag_listed_elsewhere", seal_no=batch_id)


def known_batch(reading: Reading, batch_id: str) -> Batch:
    """A batch on file, or what is known of one whose list was lost.

    Raises:
        Refusal: `unknown_batch`.
    """
    batch = reading.batches.get(batch_id) or _lost(reading, batch_id)
    if batch is None:
        raise Refusal("unknown_batch", batch_id=batch_id)
    return batch


def _lost(reading: Reading, batch_id: str) -> Batch | None:
    told = [one.seq for one in reading.steps.of_batch(batch_id)]
    told += [one.seq for one in reading.funds.payments(batch_id)]
    stored = reading.journal.at(told[0]) if told else None
    if stored is None or (since := stored.written_at) is None:
        return None
    rows = _rows(reading, batch_id)
    return Batch(batch_id, batch_id, stored.entry.proof, since, None, None, rows)


def _rows(reading: Reading, batch_id: str) -> tuple[ManifestLine, ...]:
    """What stands for the rows: whose card a place had is known where it was loaded."""
    steps = reading.steps.of_batch(batch_id)
    loads = {one.line: one for one in reading.topups.of_batch(batch_id)}
    told = {place for step in steps for place in _told_of(moved_of(step))} | loads.keys()
    exchanged = exchanges_of(steps, lambda _seq: False)
    here = {exchanged.end_of(place, ()) for place in told}
    first = {became: place for place, became in exchanged.became.items()}
    return tuple(
        _row(place, loads.get(place), first, here=place in here)
        for place in range(1, max(told | here, default=0) + 1)
    )


def _told_of(moved: Moved | None) -> tuple[int, ...]:
    if isinstance(moved, HandOver):
        return (*moved.places, *moved.missing)
    return () if moved is None else moved.places


def _row(place: int, load: TopUp | None, first: Mapping[int, int], *, here: bool) -> ManifestLine:
    row = place
    while row in first:
        row = first[row]
    return ManifestLine(
        row=ListRow(row, "", "", "", "", "", ""),
        verdict=Verdict.HUMAN,
        kind=LineKind.PREPAID if load is not None and load.order_id else LineKind.SALE,
        account_no="" if load is None else load.account_no,
        card_no="" if load is None else load.identity.card_no,
        name="",
        door="",
        money=None if load is None else load.quote.money,
        volume=None if load is None else load.quote.volume,
        ground="" if load is None else "card",
        reasons=(LIST_LOST,),
        withdrawn="" if here else LIST_LOST,
    )


def lost_as(reading: Reading, digest: str, order: str, lines: Sequence[ManifestLine]) -> str:
    """The id under which a list was taken in before it was lost; empty when it never was.

    A list that was changed since has other places, and so has one whose rows come in another
    order; one whose loads were for other households, cards, orders or amounts is another today.
    It is taken in anew, and the old one's money waits for its payers.
    """
    lost, changed = set(lost_ids(reading)), reading.steps.of_kind(Step.REVISED)
    lost.difference_update(step.batch_id for step in changed)
    for step in reading.steps.of_kind(Step.LISTED):
        stored = reading.journal.at(step.seq) if step.batch_id in lost else None
        if stored is not None and stored.entry.proof == digest:
            same = thaw(Listed, step.detail).order == order
            fits = same and as_paid(reading, step.batch_id, lines) is not None
            return step.batch_id if fits else ""
    return ""


def as_paid(
    reading: Reading, batch_id: str, lines: Sequence[ManifestLine]
) -> tuple[ManifestLine, ...] | None:
    """The rows of a lost list as they were when money came into them, whatever is said today.

    What a household bought counts against its cap, and its order is claimed: a row that was paid
    and loaded would not be ready any more. None where a fact is about another row.
    """
    found = list(lines)
    for load in reading.topups.of_batch(batch_id):
        line = found[load.line - 1] if 0 < load.line <= len(found) else None
        card_no, prepaid = load.identity.card_no, bool(load.order_id)
        told = (load.account_no, card_no, prepaid)
        if line is None or told != (line.account_no, line.card_no, line.kind is LineKind.PREPAID):
            return None
        if line.order_id not in ("", load.order_id):
            return None
        found[load.line - 1] = _ready(line, load.quote.volume, load.order_id)
    for place, funded in reading.funds.funded(batch_id).items():
        line = found[place - 1] if place <= len(found) else None
        if line is None or line.money != funded.quote.money:
            return None
        found[place - 1] = _ready(line, line.volume or funded.quote.volume, line.order_id)
    return tuple(found)


def _ready(line: ManifestLine, volume: Volume | None, order_id: str) -> ManifestLine:
    beside = tuple(code for code in line.reasons if code in FORGIVEN)
    return replace(line, verdict=Verdict.READY, reasons=beside, volume=volume, order_id=order_id)
