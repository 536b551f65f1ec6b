"""The two equations, always: money, and gas by cause (DESK-RULES 15), term by term.

Every term is computed twice, from the journal's postings and from the station's own records; a
term that differs is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cardstation.domain.charge import Charge, ChargeKind
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.payment import GIVEN, WITHOUT_ASKING, Tender
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.domain.volume import Volume
from cardstation.services.proof.records import Disagreement, Records, booked

_UNPAID = frozenset(
    {TopUpState.QUOTED, TopUpState.PAY_PENDING, TopUpState.PAY_UNKNOWN, TopUpState.VOIDED}
)
_ENDED = frozenset({TopUpState.SEALED, TopUpState.REFUNDED})
_OWED = frozenset({TopUpState.SEALED, TopUpState.PAYOUT_PENDING})


def is_paid_here(intent: TopUp) -> bool:
    """A load whose money was certain at this station."""
    return intent.direction is Direction.SALE and not intent.origin and intent.state not in _UNPAID


_IN_DOUBT = frozenset(
    {
        "account_closed_before",
        "double_load",
        "false_seal",
        "order_loaded_twice",
        "order_unknown",
        "return_without_load",
        "returned_after_reissue",
        "sealed_before",
    }
)
"""Exceptions whose revenue the ledger keeps in suspense."""


_OUT = frozenset({EntryKind.GIVEN_BACK, EntryKind.PAID_OUT})
_CHARGES = frozenset({EntryKind.CHARGED, EntryKind.ARREARS_PAID})


@dataclass(frozen=True, slots=True)
class Sums:
    """What was taken, what stands on cards or in meters for it, and what the ledger confirmed."""

    taken_fen: int
    loaded_fen: int
    posted_fen: int


def money_terms(records: Records) -> dict[str, int]:
    """Tenders + orders − refunds = loaded + unloaded + unallocated + balances + fees ± cash.

    Fen, from the postings of the journal; `other_stations` is what others loaded for money taken
    here (+) and what was loaded here for theirs (−); `free_gas` (−) is what was given on meters
    that count money, and emergency gas is in the arrears (−).
    """
    sums: dict[str, int] = {}
    refunds = 0
    for entry in records.entries:
        for posting in booked(entry):
            kind = posting.account.partition(":")[0]
            kind = "orders" if posting.account == "tender:online" else kind
            sums[kind] = sums.get(kind, 0) + posting.fen
        if entry.kind is EntryKind.REFUNDED and entry.tender not in WITHOUT_ASKING:
            refunds += entry.fen + entry.balance_fen
        if entry.kind in _OUT or (entry.kind in _CHARGES and entry.tender and entry.corrects):
            refunds += entry.fen
        if entry.kind is EntryKind.ACCOUNT_CLOSED:
            refunds += entry.fen + entry.balance_fen
    return {
        "tenders": sums.get("tender", 0) + refunds,
        "orders_claimed": sums.get("orders", 0),
        "refunds": refunds,
        "gas_loaded": -sums.get("gas_sold", 0),
        "paid_not_loaded": -sums.get("unloaded", 0),
        "unallocated": -sums.get("unallocated", 0),
        "balances": -sums.get("balance", 0),
        "other_stations": -sums.get("elsewhere", 0),
        "arrears_and_fees": -sums.get("arrears", 0) - sums.get("fee", 0),
        "free_gas": -sums.get("free", 0),
        "cash_over_short": -sums.get("cash_over_short", 0),
    }


def gas_terms(records: Records) -> dict[str, int]:
    """Sold + make-up + relief + emergency + carried − returned = on cards + taken + void.

    Litres for volume meters, fen for money meters. The causes are from the journal, the places
    from the loads: a load was taken when the meter said so, or when the card was sold to again.
    Gas that was used beyond what was bought is sold and taken at once.
    What a meter still held when its account was closed is returned.
    """
    sealed = [entry for entry in records.entries if entry.kind is EntryKind.SEALED]
    undone = [entry for entry in records.entries if _undoes_a_seal(entry)]
    used = sum(
        -entry.litres if entry.corrects else entry.litres
        for entry in records.entries
        if entry.kind is EntryKind.CHARGED
    )
    by_amount = [entry for entry in sealed if not entry.litres]
    back_by_amount = [entry for entry in undone if not entry.litres]
    closed = [entry for entry in records.entries if entry.kind is EntryKind.ACCOUNT_CLOSED]
    terms = {
        "sold_litres": sum(entry.litres for entry in sealed if entry.tender not in GIVEN) + used,
        "make_up_litres": _given_litres(sealed, Tender.MAKE_UP),
        "relief_litres": 0,
        "emergency_litres": _given_litres(sealed, Tender.EMERGENCY),
        "carried_litres": _given_litres(sealed, Tender.CARRIED),
        "returned_litres": sum(entry.litres for entry in (*undone, *closed)),
        "sold_by_amount_fen": _fen_of(by_amount, given=False)
        - _fen_of(back_by_amount, given=False)
        - sum(entry.fen for entry in closed if not entry.litres),
        "given_by_amount_fen": _fen_of(by_amount, given=True) - _fen_of(back_by_amount, given=True),
    }
    taken = _taken_ids(records)
    for place, wanted in (("on_cards", False), ("taken_by_meters", True)):
        loads = [one for one in records.live_loads if (one.topup_id in taken) is wanted]
        terms[f"{place}_litres"] = sum(_litres(one) for one in loads)
        terms[f"{place}_fen"] = sum(_amount(one) for one in loads)
    terms["taken_by_meters_litres"] += sum(_used(one) for _, one in records.charges)
    for _, one in records.closings:
        paid = one.settlement
        terms["taken_by_meters_litres"] -= paid.volume.litres
        terms["taken_by_meters_fen"] -= 0 if paid.volume else paid.gas.fen
    return {**terms, "void_litres": 0}


def _given_litres(sealed: Iterable[Entry], cause: Tender) -> int:
    return sum(entry.litres for entry in sealed if entry.tender == cause)


def _fen_of(entries: Iterable[Entry], *, given: bool) -> int:
    return sum(entry.fen for entry in entries if (entry.tender in GIVEN) is given)


def _undoes_a_seal(entry: Entry) -> bool:
    """Gas that left these books again: taken off the card, or another desk's after all."""
    corrected = entry.kind in (EntryKind.NOT_LOADED, EntryKind.ELSEWHERE) and bool(entry.corrects)
    return entry.kind is EntryKind.RETURNED or corrected


def sums_of(records: Records) -> Sums:
    """Money taken, loaded and posted, in fen; gas that was given is in none of them."""
    terms = money_terms(records)
    to_balance = {
        entry.subject: entry.balance_fen
        for entry in records.entries
        if entry.kind is EntryKind.PAID
    }
    worth: dict[int, int] = {}
    for entry in records.entries:
        rest = to_balance.get(entry.subject, 0)
        if entry.tender in GIVEN or entry.tender == Tender.BALANCE:
            continue  # no money came with it: that of a balance was counted when it was kept
        if entry.kind is EntryKind.SEALED:
            worth[entry.seq] = entry.fen + rest
        elif _undoes_a_seal(entry):
            kept = entry.kind is EntryKind.RETURNED
            worth[entry.seq] = -entry.fen - (0 if kept else rest)
        elif entry.kind in _CHARGES and entry.tender:
            worth[entry.seq] = -entry.fen if entry.corrects else entry.fen
        elif entry.kind is EntryKind.PAID_OUT:
            worth[entry.seq] = -entry.fen
        elif entry.kind is EntryKind.ACCOUNT_CLOSED:
            worth[entry.seq] = -entry.fen - entry.balance_fen
    return Sums(
        taken_fen=terms["tenders"]
        + terms["orders_claimed"]
        - terms["refunds"]
        - terms["cash_over_short"],
        loaded_fen=sum(worth.values()),
        posted_fen=sum(fen for seq, fen in worth.items() if seq <= records.acked[0]),
    )


def equation_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every equation that does not hold and every term that two records see differently."""
    money, gas = money_terms(records), gas_terms(records)
    left = money["tenders"] + money["orders_claimed"] - money["refunds"]
    right = sum(
        money[term]
        for term in (
            "gas_loaded",
            "paid_not_loaded",
            "unallocated",
            "balances",
            "other_stations",
            "arrears_and_fees",
            "free_gas",
            "cash_over_short",
        )
    )
    if left != right:
        yield Disagreement("money_equation", {"left_fen": left, "right_fen": right})
    yield from _gas_equation(gas)
    for term, fen in _money_by_records(records).items():
        if money[term] != fen:
            yield _term(term, money[term], fen)
    yield from _balances(records)
    yield from _ledger_totals(records)


def _gas_equation(gas: Mapping[str, int]) -> Iterator[Disagreement]:
    causes = gas["sold_litres"] + gas["make_up_litres"] + gas["relief_litres"]
    causes += gas["emergency_litres"] + gas["carried_litres"] - gas["returned_litres"]
    places = gas["on_cards_litres"] + gas["taken_by_meters_litres"] + gas["void_litres"]
    if causes != places:
        yield Disagreement("gas_equation", {"left_litres": causes, "right_litres": places})
    amounts = gas["on_cards_fen"] + gas["taken_by_meters_fen"]
    by_amount = gas["sold_by_amount_fen"] + gas["given_by_amount_fen"]
    if by_amount != amounts:
        yield _term("sold_by_amount_fen", by_amount, amounts)


def _money_by_records(records: Records) -> dict[str, int]:
    """The same terms from top-ups, receipts, payments and household balances."""
    paid = [one for one in records.topups if is_paid_here(one)]
    back = [one for one in records.topups if one.direction is Direction.RETURN]
    received = sum(one.money.fen for one in records.payments)
    tills = {
        tender: sum(one.quote.money.fen for one in paid if one.tender is tender)
        for tender in Tender
    }
    given = {tender: _given_back(tender, paid, back) for tender in Tender}
    remainders = sum(one.money.fen for _, one in records.given_back)
    arrears = sum(one.money.fen for _, one in records.arrears)
    counted = sum(e.balance_fen for e in records.entries if e.kind is EntryKind.SHIFT_CLOSED)
    carried = sum(e.balance_fen for e in records.entries if e.kind is EntryKind.CARRIED)
    own = sum(fen for tender, fen in tills.items() if tender not in WITHOUT_ASKING)
    left = {tender: tills[tender] - given[tender] for tender in GIVEN}
    charged = [one for _, one in records.charges]
    came = sum(one.money.fen for one in charged if one.tender and not one.corrects)
    went = sum(one.money.fen for one in charged if one.tender and one.corrects)
    went += sum(one.money.fen for _, one in records.payouts)
    given_up = sum(fen for tender, fen in given.items() if tender not in WITHOUT_ASKING)
    closed = [one.settlement for _, one in records.closings]
    return {
        "tenders": received + own + counted + came,
        "orders_claimed": tills[Tender.ORDER] - given[Tender.ORDER],
        "refunds": given_up + remainders + went + sum(one.total.fen for one in closed),
        "gas_loaded": sum(
            records.receipts[one.topup_id].gas.fen
            for one in records.live_loads
            if one.topup_id in records.receipts
        )
        + _charged(charged, ChargeKind.OVER_USE)
        - sum(one.gas.fen for one in closed),
        "paid_not_loaded": sum(one.quote.total.fen for one in paid if one.state not in _ENDED)
        + sum(one.quote.total.fen for one in back if one.state in _OWED),
        "unallocated": received - tills[Tender.BATCH] + given[Tender.BATCH] - remainders - arrears,
        "arrears_and_fees": arrears
        - left[Tender.EMERGENCY]
        + _charged(charged, ChargeKind.FEE)
        - sum(one.owed.fen for one in charged),
        "free_gas": -left[Tender.MAKE_UP] - left[Tender.CARRIED] - carried,
        "balances": sum(one.balance.fen for one in records.households.values()),
    }


def _charged(charges: list[Charge], what: ChargeKind) -> int:
    """What was charged for one thing, less what was taken back."""
    some = (one for one in charges if one.what is what)
    return sum(-one.money.fen if one.corrects else one.money.fen for one in some)


def _used(charge: Charge) -> int:
    """Gas that was used beyond what was bought; less than nothing where it was taken back."""
    return -charge.used.litres if charge.corrects else charge.used.litres


def _given_back(tender: Tender, paid: list[TopUp], back: list[TopUp]) -> int:
    """What went back by one tender: all of what never was, the gas of what was taken back."""
    done = TopUpState.REFUNDED
    never = sum(o.quote.money.fen for o in paid if o.state is done and o.tender is tender)
    return never + sum(o.quote.total.fen for o in back if o.state is done and o.tender is tender)


def _balances(records: Records) -> Iterator[Disagreement]:
    """Each household's balance: no file brings one in, so it began at nothing."""
    posted: dict[str, int] = {}
    for entry in records.entries:
        for posting in booked(entry):
            kind, _, account_no = posting.account.partition(":")
            if kind == "balance":
                posted[account_no] = posted.get(account_no, 0) - posting.fen
    kept = {one.account_no: one.balance.fen for one in records.households.values() if one.balance}
    for account_no in sorted(posted.keys() | kept.keys()):
        booked_fen, kept_fen = posted.get(account_no, 0), kept.get(account_no, 0)
        if booked_fen != kept_fen:
            yield _term(f"balance:{account_no}", booked_fen, kept_fen)


def _ledger_totals(records: Records) -> Iterator[Disagreement]:
    """What the ledger last answered against our own postings up to its ack.

    Revenue in doubt, and what takes it back again, lies in the ledger's suspense. That another
    station has sealed a load before moves nothing in its books, whoever was first in the end.
    """
    if not records.ledger_totals:
        return
    theirs = records.ledger_totals.get("gas_sold", 0)
    seq = records.acked[0]
    doubtful = {
        entry.entry_id
        for entry in records.entries
        if records.exceptions.get(entry.seq) in _IN_DOUBT
    }
    ours = sum(
        posting.fen
        for entry in records.entries
        if entry.seq <= seq
        and entry.kind is not EntryKind.ELSEWHERE
        and not _in_suspense(records, entry, doubtful)
        for posting in booked(entry)
        if posting.account == "gas_sold"
    )
    if theirs != ours:
        yield _term("ledger_gas_sold", ours, theirs)


def _in_suspense(records: Records, entry: Entry, doubtful: set[str]) -> bool:
    """Whether the ledger keeps this fact's gas out of the revenue.

    A return of what another desk had sealed before is booked against that desk's seal.
    """
    if entry.entry_id in doubtful:
        return True
    twice = entry.kind is EntryKind.RETURNED and entry.corrects in records.sealed_before
    return entry.corrects in doubtful and not twice


def _taken_ids(records: Records) -> frozenset[str]:
    """Loads whose meter said so, and every load before another sale to the same card."""
    said = {row.topup_id for row in records.log if row.reason == "meter"}
    last: dict[tuple[str, str, str], str] = {}
    for one in records.topups:
        if one.direction is not Direction.SALE:
            continue
        key = (one.identity.maker, one.identity.card_no, one.identity.meter_no)
        if key in last:
            said.add(last[key])
        if one.state is TopUpState.SEALED:
            last[key] = one.topup_id
    return frozenset(said)


def _litres(one: TopUp) -> int:
    return one.quantity.litres if isinstance(one.quantity, Volume) else 0


def _amount(one: TopUp) -> int:
    return 0 if isinstance(one.quantity, Volume) else one.quantity.fen


def _term(term: str, one: int, other: int) -> Disagreement:
    return Disagreement("term_differs", {"term": term, "journal": one, "records": other})
