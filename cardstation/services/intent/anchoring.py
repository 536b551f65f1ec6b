"""The rollback anchor: signed by the device key, written forward only, compared before selling."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.ledger import EntryKind
from cardstation.errors import CardStationError, Mishap, Refusal
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.anchor import AnchorMark
from cardstation.store.journal import JournalHead, StoredEntry

_FIRST_VERSION_LACKS = b'"detail":'
_UNANCHORED = 1
"""Armed entries that may stand without any anchor: a cut came before the first was written."""


def write_anchor(station: Station, head: JournalHead) -> None:
    """Put the mark at an entry of the journal, whatever it was when this program began.

    Only for a head that was committed just now, or that two persons made the first of a new
    epoch; all others use `anchor_journal`. Where another lane has put it at a later entry
    meanwhile, it stays there: it covers this one too.
    """
    unsigned = AnchorMark(head.epoch, head.seq, head.hash, station.name)
    mark = replace(unsigned, signature=station.device_key.sign(unsigned.message).hex())
    anchor, here = station.store.anchor, (head.epoch, head.seq)
    with anchor.turn:
        if here >= anchor.reached:
            anchor.write(mark)
            anchor.reached, anchor.signed = here, mark


def anchor_journal(station: Station) -> None:
    """Bring the anchor to the journal's head: a cut may have come between *armed* and its mark.

    A mark that does not fit the journal is evidence, and stays as it is.
    """
    with station.store.reading() as reading:
        head = reading.journal.head()
        fits = anchor_problem(station, reading) is None
    if not fits or head.seq == 0:
        return
    mark = station.store.anchor.read()
    if mark is None or not mark.signature or mark.seq < head.seq:
        write_anchor(station, head)


def anchor_problem(station: Station, reading: Reading) -> CardStationError | None:
    """What speaks against the journal: the error to raise before selling, or to name in a proof.

    Returns:
        `store_rolled_back`: the anchor is ahead of the journal, or on another branch.
        `anchor_forged`: not signed by this station. `anchor_missing`, `anchor_damaged`.
    """
    try:
        mark = station.store.anchor.read()
    except Mishap as damaged:
        return damaged
    if mark is None:
        armed = reading.journal.has_more_than(_UNANCHORED, EntryKind.ARMED)
        return Refusal("anchor_missing") if armed else None
    stored = reading.journal.at(mark.seq) or _committed_since(station, mark)
    if mark.signature and not _is_ours(station, mark):
        return Refusal("anchor_forged", seq=mark.seq)
    if stored is None or stored.hash != mark.hash:
        return Refusal("store_rolled_back", seq=mark.seq, last_seq=reading.journal.head().seq)
    if not mark.signature and _FIRST_VERSION_LACKS in stored.raw:
        return Refusal("anchor_forged", seq=mark.seq)
    return None


def _committed_since(station: Station, mark: AnchorMark) -> StoredEntry | None:
    """The entry under the mark, where it was written after the asking look into the store began."""
    with station.store.reading() as later:
        return later.journal.at(mark.seq)


def _is_ours(station: Station, mark: AnchorMark) -> bool:
    if mark == station.store.anchor.signed:
        return True
    try:
        signature = bytes.fromhex(mark.signature)
    except ValueError:
        return False
    same = signature.hex() == mark.signature
    return same and station.device_key.verify(signature, mark.message)
