"""Proves the station's books: the chain, both equations, and every record by another one."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.services.proof.accounts import account_disagreements
from cardstation.services.proof.chain import chain_disagreements
from cardstation.services.proof.charges import charge_disagreements
from cardstation.services.proof.clock import clock_disagreements
from cardstation.services.proof.counters import counter_disagreements
from cardstation.services.proof.damage import damage_found
from cardstation.services.proof.equations import (
    equation_disagreements,
    gas_terms,
    money_terms,
    sums_of,
)
from cardstation.services.proof.funding import funding_disagreements
from cardstation.services.proof.gas_dues import gas_due_disagreements
from cardstation.services.proof.generations import generation_disagreements
from cardstation.services.proof.lump_sums import lump_sum_disagreements
from cardstation.services.proof.papers import paper_disagreements
from cardstation.services.proof.records import Disagreement, collect_records
from cardstation.services.proof.shifts import (
    clerk_disagreements,
    held_back,
    shift_disagreements,
    without_sums,
)
from cardstation.services.proof.states import state_disagreements
from cardstation.services.proof.steps import step_disagreements
from cardstation.services.proof.tool_cards import tool_card_disagreements
from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of a proof.

    Attributes:
        ok: Nothing disagrees.
        money_terms, gas_terms: Both equations (fen; litres, fen for money meters).
        taken_fen: Tenders − refunds + orders claimed. loaded_fen: Price of sealed gas, what
            was booked to balances with it, and charges; a balance counts as it comes and is paid
            out. posted_fen: The part of it the ledger confirmed.
        entries: Entries in the journal; `acked_seq` of them are posted.
        held_back: A shift is open: terms and sums are left out until its till was counted.
    """

    ok: bool
    disagreements: tuple[Disagreement, ...]
    money_terms: dict[str, int]
    gas_terms: dict[str, int]
    taken_fen: int
    loaded_fen: int
    posted_fen: int
    entries: int
    acked_seq: int
    held_back: bool = False


def verify(station: Station) -> Verification:
    """Recompute everything that can be recomputed; changes nothing, runs beside an open desk.

    A store that something else than this program changed is named, not added up.

    Raises:
        Mishap: `store_damaged`: the file can no longer be read at all.
    """
    damaged = damage_found(station)
    if damaged:
        return Verification(False, damaged, {}, {}, 0, 0, 0, entries=0, acked_seq=0)
    records = collect_records(station)
    found = (
        *chain_disagreements(records),
        *state_disagreements(records),
        *paper_disagreements(records),
        *counter_disagreements(records),
        *generation_disagreements(records),
        *funding_disagreements(records),
        *gas_due_disagreements(records),
        *tool_card_disagreements(records),
        *lump_sum_disagreements(records),
        *charge_disagreements(records),
        *equation_disagreements(records),
        *shift_disagreements(records),
        *clerk_disagreements(records),
        *step_disagreements(records),
        *clock_disagreements(records),
        *account_disagreements(records),
    )
    entries, acked_seq = len(records.stored), records.acked[0]
    if held_back(records):
        unsummed = tuple(without_sums(found))
        return Verification(not found, unsummed, {}, {}, 0, 0, 0, entries, acked_seq, True)
    sums = sums_of(records)
    return Verification(
        ok=not found,
        disagreements=found,
        money_terms=money_terms(records),
        gas_terms=gas_terms(records),
        taken_fen=sums.taken_fen,
        loaded_fen=sums.loaded_fen,
        posted_fen=sums.posted_fen,
        entries=entries,
        acked_seq=acked_seq,
    )
