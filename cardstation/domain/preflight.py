"""The verdict on every row of a list before a card is touched: ready, human or blocked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from cardstation.domain.amounts import AmountDoubt, read_amount
from cardstation.domain.batch import DECIDED, LineKind, ListRow, ManifestLine, Verdict
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.ledger import Order
from cardstation.domain.matching import Directory, Match, identify
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.notes import Note, read_note
from cardstation.domain.tariff import Quote
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal

BLOCKING = (
    "account_closed",
    "account_stopped",
    "card_blacklisted",
    "chip_not_supported",
    "identical_duplicate",
    "unknown_household",
)
FORGIVEN = (
    "card_mistyped",
    "no_card_number",
    "account_mistyped",
    "no_account_number",
    "name_abbreviated",
)
"""Codes that stand beside a ready verdict: what was overlooked, and why that is safe."""
IMPLAUSIBLE, RELEASED = "implausible_volume", "amount_released"
"""An amount far above what such a household uses, and beside a ready verdict: a supervisor's word
that it is meant."""
OF_THE_LIST = frozenset(
    {
        *("unknown_household", "check_digit_wrong", "household_not_certain", "row_not_readable"),
        *("card_differs", "name_differs", "door_differs", "door_not_readable"),
        *("community_differs", "amount_not_certain", "no_amount", "zero_amount", "note_to_read"),
        *("differing_duplicate", "prepaid_with_amount", "in_other_batch", "line_needs_human"),
        "order_waits",
    }
)
"""Codes that whoever wrote the list can answer; all others are the household's own affair."""
IN_OTHER_BATCH, ORDER_WAITS = "in_other_batch", "order_waits"
"""Its money may be taken twice; gas it paid online waits, and no desk loads that after a sale."""
SAID_ONCE = frozenset({IN_OTHER_BATCH, ORDER_WAITS})
"""Said to a person once, who may decide that it is meant."""


RELIEF = "relief_on_file"
"""A relief is shown and not priced: the household pays in full."""
RELIEF_ENDED = "relief_ended"
AGE_WARNED = 10
"""Years after which a meter is due to be changed; a sale is never blocked by it."""


@dataclass(frozen=True, slots=True)
class PreflightTerms:
    """What a list is judged by.

    Attributes:
        sell: Prices a sale to a household today; raises Refusal when it cannot be sold.
        chips: Chips the station can write.
        kinds: Chips with the kind of meter their cards are for; empty = both kinds for each.
        orders: Paid orders waiting to be loaded, by account number.
        blocked: Numbers of cards that were reported lost, dead or misused.
        elsewhere: Accounts that wait in another open batch: their money may be paid twice.
        debts: Account → what was paid of its debts out of this batch's money: a list's amount is
            what was handed over, and buys what is left of it.
    """

    sell: Callable[[Household, Money], Quote]
    chips: frozenset[str]
    orders: Mapping[str, Sequence[Order]]
    blocked: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    kinds: frozenset[tuple[str, MeterKind]] = frozenset()
    debts: Mapping[str, Money] = field(default_factory=dict)

    def after_debts(self, household: Household, money: Money) -> Money:
        """What a list's amount still buys."""
        return max(NO_MONEY, money - self.debts.get(household.account_no, NO_MONEY))


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a row asks for: the kind and, where certain, the money."""

    kind: LineKind
    money: Money | None
    text: str
    doubts: tuple[str, ...]


def preflight(
    rows: Sequence[ListRow], book: Directory, terms: PreflightTerms
) -> tuple[ManifestLine, ...]:
    """Judge every row of a list, alone and against the others."""
    matches = [identify(row, book) for row in rows]
    wishes = [
        _less_debts(_wish(row), match, terms) for row, match in zip(rows, matches, strict=True)
    ]
    repeated = _repeated(matches, wishes)
    return tuple(
        _judge(row, match, wish, repeated.get(index, ""), terms)
        for index, (row, match, wish) in enumerate(zip(rows, matches, wishes, strict=True))
    )


def decide(
    row: ListRow,
    household: Household,
    money: Money | None,
    terms: PreflightTerms,
    *,
    ground: str = DECIDED,
) -> ManifestLine:
    """A row after a person said whom it means and how much; the household's own rules still hold.

    Args:
        row: As written.
        household: Whom it means.
        money: What is paid; None = an order paid online is loaded.
        terms: What lists are judged by.
        ground: Why it is certain.

    Returns:
        A ready line, or one whose reasons no person can decide away (stopped, arrears, no price).
    """
    kind = LineKind.PREPAID if money is None else LineKind.SALE
    match = Match(household, household, ground)
    return _judge(row, match, _Wish(kind, money, "", ()), "", terms)


def without_amount(
    row: ListRow, household: Household, terms: PreflightTerms, *, ground: str
) -> ManifestLine:
    """A row whose household is certain and whose amount is left for later."""
    match = Match(household, household, ground)
    return _judge(row, match, _Wish(LineKind.SALE, None, "", ("no_amount",)), "", terms)


def warnings_of(household: Household, day: date) -> tuple[str, ...]:
    """What is worth a look and stops nothing: `meter_over_age`, and how a relief stands."""
    since = household.meter.installed
    found = []
    if since is not None and (day.year - since.year, day.month, day.day) >= (
        AGE_WARNED,
        since.month,
        since.day,
    ):
        found.append("meter_over_age")
    return (*found, *relief_warning(household, day))


def relief_warning(household: Household, day: date) -> tuple[str, ...]:
    """`relief_on_file` or `relief_ended` of a household that has one on file."""
    if not household.relief_per_month:
        return ()
    return (RELIEF,) if household.relief_on(day) else (RELIEF_ENDED,)


def _wish(row: ListRow) -> _Wish:
    amount, note, inside = read_amount(row.amount), read_note(row.note), read_note(row.amount)
    text = row.amount.strip()
    if isinstance(amount, Money):
        if note is Note.PREPAID:
            return _Wish(LineKind.PREPAID, None, text, ("prepaid_with_amount",))
        doubts = ("note_to_read",) if note is Note.OPEN else ()
        return _Wish(LineKind.SALE, amount, text, doubts)
    said = inside if amount.code == "amount_not_certain" else Note.HARMLESS
    if Note.PREPAID in (note, said):
        doubts = ("note_to_read",) if Note.OPEN in (note, said) else ()
        return _Wish(LineKind.PREPAID, None, "", doubts)
    return _Wish(LineKind.SALE, None, text, _amount_doubts(amount, note))


def _less_debts(wish: _Wish, match: Match, terms: PreflightTerms) -> _Wish:
    if match.household is None or wish.money is None or not terms.debts:
        return wish
    return replace(wish, money=terms.after_debts(match.household, wish.money))


def _amount_doubts(amount: AmountDoubt, note: Note) -> tuple[str, ...]:
    return (amount.code, "note_to_read") if note is Note.OPEN else (amount.code,)


def _repeated(matches: Sequence[Match], wishes: Sequence[_Wish]) -> dict[int, str]:
    """Rows that mean a household again: the same wish blocks the later, others doubt all."""
    rows_of: dict[str, list[int]] = defaultdict(list)
    for index, match in enumerate(matches):
        if match.candidate is not None:
            rows_of[match.candidate.account_no].append(index)
    codes: dict[int, str] = {}
    for rows in rows_of.values():
        if len(rows) < 2:
            continue
        asked = {(wishes[i].kind, wishes[i].money, _unsure(wishes[i])) for i in rows}
        if len(asked) > 1:
            codes.update(dict.fromkeys(rows, "differing_duplicate"))
        else:
            codes.update(dict.fromkeys(rows[1:], "identical_duplicate"))
    return codes


def _unsure(wish: _Wish) -> str:
    return wish.text if wish.money is None else ""


def _judge(
    row: ListRow, match: Match, wish: _Wish, repeated: str, terms: PreflightTerms
) -> ManifestLine:
    household = match.household
    whose = match.candidate if repeated else household
    codes = [*match.doubts, *wish.doubts, *([repeated] if repeated else [])]
    volume: Volume | None = None
    order_id = ""
    if household is not None:
        codes += _state_of(household, terms)
        if wish.kind is LineKind.PREPAID:
            order_id = _order(household, terms, codes)
        else:
            codes += [ORDER_WAITS] if terms.orders.get(household.account_no) else []
            if wish.money is not None:
                volume = _volume(household, wish.money, terms, codes)
    reasons = _worst_first([*codes, *match.slips])
    verdict = _verdict(codes)
    ready = verdict is Verdict.READY
    return ManifestLine(
        row=row,
        verdict=verdict,
        kind=wish.kind,
        account_no=whose.account_no if whose else row.account_no,
        card_no=whose.card_no if whose else row.card_no,
        name=household.name if household else row.name,
        door=household.address.door if household else row.door,
        money=None if repeated == "differing_duplicate" else wish.money,
        volume=volume if ready else None,
        ground=match.ground,
        reasons=reasons,
        order_id=order_id if ready else "",
        envelope=row.envelope,
    )


def _state_of(household: Household, terms: PreflightTerms) -> list[str]:
    codes = []
    if household.status is HouseholdStatus.CLOSED:
        codes.append("account_closed")
    if household.status is HouseholdStatus.STOPPED:
        codes.append("account_stopped")
    if household.card_no in terms.blocked:
        codes.append("card_blacklisted")
    known = household.chip in terms.chips
    if not known or (terms.kinds and (household.chip, household.meter.kind) not in terms.kinds):
        codes.append("chip_not_supported")
    if household.arrears:
        codes.append("arrears")
    if household.account_no in terms.elsewhere:
        codes.append(IN_OTHER_BATCH)
    return codes


def _order(household: Household, terms: PreflightTerms, codes: list[str]) -> str:
    """The one order on file; none or several are for a human."""
    orders = terms.orders.get(household.account_no, ())
    if len(orders) == 1:
        return orders[0].order_id
    codes.append("several_orders" if orders else "prepaid_order_missing")
    return ""


def _volume(
    household: Household, money: Money, terms: PreflightTerms, codes: list[str]
) -> Volume | None:
    try:
        return terms.sell(household, money).volume
    except Refusal as refusal:
        if refusal.code not in codes:
            codes.append(refusal.code)
        return None


def _verdict(codes: Sequence[str]) -> Verdict:
    if any(code in BLOCKING for code in codes):
        return Verdict.BLOCKED
    return Verdict.HUMAN if codes else Verdict.READY


def _worst_first(codes: Sequence[str]) -> tuple[str, ...]:
    once = dict.fromkeys(codes)
    return tuple(sorted(once, key=lambda code: (code not in BLOCKING, code in FORGIVEN)))
