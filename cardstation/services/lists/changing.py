"""What every change of a batch's lines needs: what is fixed, and the step that tells of it."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.batch import ManifestLine, Verdict
from cardstation.domain.batch_life import Step
from cardstation.domain.list_steps import Decided, Revised
from cardstation.domain.transitions import TopUpState
from cardstation.errors import Refusal
from cardstation.services.intent.envelope_numbers import numbers_in
from cardstation.services.intent.funding import batch_of, ensure_payers_agree, fund_lines
from cardstation.services.intent.steps import record_step
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.frozen import thaw_any

_NEVER_WAS = (TopUpState.VOIDED,)
MAY_PAY = frozenset({Step.REVISED, Step.COUNTED})
"""Steps of a list after which money that lies there pays for lines that it did not pay before."""
ROW_HELD = "row_held"
"""Why a row counts no more after a station was restored: only people know whether it still does."""


def fixed_places(reading: Reading, batch_id: str) -> frozenset[int]:
    """Places that are funded, begun or done: money or a card is in them, they are not withdrawn."""
    loads = reading.topups.of_batch(batch_id)
    begun = {load.line for load in loads if load.state not in _NEVER_WAS}
    return frozenset(begun | reading.funds.funded(batch_id).keys())


def free_line(reading: Reading, batch_id: str, place: int) -> ManifestLine:
    """A line that may still be decided about.

    Raises:
        Refusal: `unknown_batch`, `unknown_line`, `line_fixed` (funded, begun or done), and that of
            `ensure_no_row_lost`.
    """
    lines = batch_of(reading, batch_id).lines
    ensure_no_row_lost(reading, batch_id)
    if not 0 < place <= len(lines):
        raise Refusal("unknown_line", batch_id=batch_id, place=place)
    if place in fixed_places(reading, batch_id):
        raise Refusal("line_fixed", batch_id=batch_id, place=place)
    return lines[place - 1]


def ensure_no_row_lost(reading: Reading, batch_id: str) -> None:
    """The list has every row it ever had: a new one would take a lost one's place.

    Raises:
        Refusal: `list_rows_lost`: this station was restored, and lost them with its records.
    """
    if lost := lost_places(reading, batch_id):
        raise Refusal("list_rows_lost", batch_id=batch_id, count=len(lost))


def lost_places(reading: Reading, batch_id: str) -> frozenset[int]:
    """Places behind the last row on file that money, a card or a decision was in.

    Of a newer list that was lost the places are reckoned: it appended that many.
    """
    batch = batch_of(reading, batch_id)
    end = len(batch.lines)
    told = [*fixed_places(reading, batch_id)]
    told += [one.line for one in reading.funds.payments(batch_id)]
    for step in reading.steps.of_batch(batch_id):
        if step.step is Step.REVISED:
            change = thaw_any(Revised | Decided, step.detail)
            if isinstance(change, Decided):
                told.append(change.became)
            elif change.revision > batch.revision:
                begin = max((end, *told))
                told += range(begin + 1, begin + 1 + change.new + change.changed)
    return frozenset(place for place in told if place > end)


def live_line(reading: Reading, batch_id: str, place: int) -> ManifestLine:
    """A line that counts and may still be decided about.

    Raises:
        Refusal: as `free_line`; `line_withdrawn`.
    """
    line = free_line(reading, batch_id, place)
    if line.withdrawn:
        raise Refusal("line_withdrawn", batch_id=batch_id, place=place)
    return line


def ensure_once(reading: Reading, batch_id: str, account_no: str, *, but: int = 0) -> None:
    """No other line of the batch counts for this household already.

    Raises:
        Refusal: `already_on_list` (its `place`).
    """
    for place, line in enumerate(batch_of(reading, batch_id).lines, start=1):
        counts = not line.withdrawn and line.verdict is Verdict.READY
        if counts and place != but and line.account_no == account_no:
            raise Refusal("already_on_list", account_no=account_no, place=place, row=line.row.row)


def exchange(
    station: Station,
    unit: Unit,
    batch_id: str,
    place: int,
    why: str,
    new: ManifestLine | None,
    *,
    approver: str = "",
) -> int:
    """Withdraw a line and put another in its stead, with the step that says so; not committed.

    What came to count, or is reached now, is paid for by money that lies there.

    Args:
        station: The desk.
        unit: The unit of work.
        batch_id: Of the batch.
        place: Of the line that counts no more; 0 when there is none.
        why: Its reason code.
        new: The line that counts instead; None when none does.
        approver: The second person, where one agreed.

    Returns:
        The place of the new line, 0 when there is none.

    Raises:
        Refusal: `envelope_needs_two` (money lies there that another household paid).
    """
    became = 0
    batch = batch_of(unit, batch_id)
    if new is not None:
        new = replace(new, envelope=numbers_in(unit, batch).of_row(new, place))
    if place:
        if new is not None:
            ensure_payers_agree(unit, batch_id, place, new, approved=bool(approver))
            new = replace(new, revision=batch.lines[place - 1].revision)
        unit.batches.withdraw(batch_id, (place,), why)
    if new is not None:
        (became,) = unit.batches.add_lines(batch_id, (new,))
    told = Decided(place, became, why)
    record_step(station, unit, batch_id, Step.REVISED, value=told, approver=approver)
    pay_what_counts(station, unit, batch_id)
    return became


def pay_what_counts(station: Station, unit: Unit, batch_id: str) -> None:
    """Have money that lies there pay for lines, as when it came.

    Belongs to the commit of one of the steps in `MAY_PAY`.
    """
    fund_lines(station, unit, batch_id)
