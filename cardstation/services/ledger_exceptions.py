"""Lists what the ledger posted to suspense or could not book, with what each is about."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class Exceptional:
    """One entry that a human must look at.

    Attributes:
        seq: Its number in the journal. code: Why, a code of the catalogue.
        kind, subject: What fact it is, about which top-up or payment; empty when unreadable.
        fen: The money of the fact.
        other: entry_id of the fact that stands against it, empty when none does.
    """

    seq: int
    code: str
    kind: str
    subject: str
    account_no: str
    card_no: str
    fen: int
    other: str


def ledger_exceptions(station: Station) -> tuple[Exceptional, ...]:
    """Every exception of the ledger, oldest entry first."""
    with station.store.reading() as reading:
        found = [(one, reading.journal.at(one.seq)) for one in reading.outbox.exceptions()]
    listed = []
    for one, stored in found:
        try:
            entry = None if stored is None else stored.entry
        except (ValueError, KeyError, TypeError):
            entry = None
        listed.append(
            Exceptional(
                seq=one.seq,
                code=one.code,
                kind="" if entry is None else entry.kind.value,
                subject="" if entry is None else entry.subject,
                account_no="" if entry is None else entry.account_no,
                card_no="" if entry is None else entry.card_no,
                fen=0 if entry is None else entry.fen,
                other=one.other,
            )
        )
    return tuple(listed)
