"""Lays a newer list beside the batch it revises, line by line; nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cardstation.domain.batch import Whose
from cardstation.domain.envelopes import envelope_key
from cardstation.domain.revision import Change, ChangeKind, Comparison, compare_lines
from cardstation.errors import Refusal
from cardstation.services.intent.envelope_numbers import EnvelopeNumbers, numbers_in
from cardstation.services.intent.funding import batch_of
from cardstation.services.lists.changing import fixed_places
from cardstation.services.lists.judging import judged
from cardstation.services.lists.reading import HouseholdList
from cardstation.services.lists.taking import taken_as
from cardstation.services.station import Station
from cardstation.store import Reading


def compare_list(station: Station, batch_id: str, found: HouseholdList) -> Comparison:
    """Compare a newer list with a batch.

    Raises:
        Refusal: `unknown_batch`, `same_list_again` (this content is another batch already),
            `sheet_not_understood` (rows of the batch would fall for rows nobody can read).
    """
    with station.store.reading() as reading:
        return compared(station, reading, batch_id, found)


def compared(station: Station, reading: Reading, batch_id: str, found: HouseholdList) -> Comparison:
    """As `compare_list`, within a unit of work."""
    batch = batch_of(reading, batch_id)
    other = taken_as(reading, found.digest)
    if other and other != batch_id:
        raise Refusal("same_list_again", batch_id=other)
    newer = judged(station, reading, found, Whose(community=batch.community), batch_id).lines
    changes = compare_lines(batch.lines, fixed_places(reading, batch_id), newer)
    _ensure_understood(changes, found)
    numbers = numbers_in(reading, batch)
    return Comparison(batch_id, found.digest, tuple(_numbered(one, numbers) for one in changes))


def _ensure_understood(changes: Sequence[Change], found: HouseholdList) -> None:
    """No row falls beside a sheet that is not understood: it may stand in there."""
    unread = [
        change.new.row.sheet
        for change in changes
        if change.new is not None
        and change.kind is not ChangeKind.UNCHANGED
        and change.new.row.sheet in found.unread
    ]
    if unread and any(change.kind in (ChangeKind.CHANGED, ChangeKind.GONE) for change in changes):
        raise Refusal("sheet_not_understood", sheet=unread[0], file=found.name)


def _numbered(change: Change, numbers: EnvelopeNumbers) -> Change:
    """With the envelope number that its row has once the list is taken."""
    if change.new is None:
        return change
    said, taken = change.new.envelope, change.kind in (ChangeKind.NEW, ChangeKind.CHANGED)
    kept = change.old.envelope if change.old else ""
    stays = numbers.of_row(change.new, change.place) if taken else kept
    left = said if envelope_key(said) != envelope_key(stays) else ""
    return replace(change, new=replace(change.new, envelope=stays), number_left=left)
