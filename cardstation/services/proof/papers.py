"""Proves that every sealed top-up has its receipt, and that receipt numbers have no gap."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.receipt import RECEIPT, SLIP_OF, Receipt
from cardstation.domain.topup import TopUp
from cardstation.services.intent.papers import year_after
from cardstation.services.proof.records import Disagreement, Records, about, in_one_commit

_CHECK_CODE_CHARACTERS = 8
_NUMBER = re.compile(r".*-([0-9]{4})-([0-9]{6,})", re.DOTALL)


def paper_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every receipt that does not fit its top-up or its fact, and every gap."""
    for intent in records.topups:
        receipt = records.receipts.get(intent.topup_id)
        if (receipt is not None) != (intent.topup_id in records.sealings):
            yield about("receipt_disagrees", intent, state=intent.state.value)
        elif receipt is not None and not (
            _says(receipt, intent)
            and _rests_on(receipt, intent, records)
            and intent.topup_id not in records.misfiled_receipts
        ):
            yield about("receipt_disagrees", intent, receipt_no=receipt.receipt_no)
    yield from _numbers(records)


def _says(receipt: Receipt, intent: TopUp) -> bool:
    """The receipt prints what the top-up was."""
    quote, identity = intent.quote, intent.identity
    printed: tuple[object, ...] = (
        *(receipt.gas, receipt.paid, receipt.to_balance, receipt.volume),
        *(receipt.year_before, receipt.year_after, receipt.tariff, receipt.tiers),
        *(receipt.account_no, receipt.card_no, receipt.meter_no, receipt.purchase_counter),
        *(receipt.tender, receipt.batch_id, receipt.kind),
    )
    kind = SLIP_OF.get(intent.tender, RECEIPT)
    if receipt.order_id not in ("", intent.order_id):  # empty on those of the first version
        return False
    return printed == (
        *(quote.total, intent.money, quote.remainder, quote.volume),
        *(quote.year_before, year_after(intent), quote.tariff, quote.lines),
        *(intent.account_no, identity.card_no, identity.meter_no, intent.counter_after),
        *(intent.tender.value, intent.batch_id, kind),
    )


def _rests_on(receipt: Receipt, intent: TopUp, records: Records) -> bool:
    """The receipt was made with the fact that the card carries the load."""
    sealed = _sealed(records.by_subject.get(intent.topup_id, ()))
    if sealed is None:
        return False
    code = records.hashes[sealed.entry_id][:_CHECK_CODE_CHARACTERS].upper()
    return (
        in_one_commit(sealed, receipt.issued_at)
        and (receipt.entry_id, receipt.check_code) == (sealed.entry_id, code)
        and (receipt.station, receipt.clerk) == (sealed.station, sealed.clerk)
    )


def _sealed(facts: tuple[Entry, ...]) -> Entry | None:
    return next((entry for entry in facts if entry.kind is EntryKind.SEALED), None)


def _numbers(records: Records) -> Iterator[Disagreement]:
    """The numbers of a year run from 1 without a gap, under whatever names the station had."""
    years: dict[str, list[int]] = {}
    shown_nos = [one.receipt_no for one in records.receipts.values()]
    shown_nos += [one.receipt_no for one in records.charge_papers.values() if one.receipt_no]
    for receipt_no in shown_nos:
        shown = _NUMBER.fullmatch(receipt_no)
        year, number = shown.groups() if shown else (receipt_no, "0")
        years.setdefault(year, []).append(int(number))
    for year, numbers in years.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield Disagreement("receipt_numbers_gap", {"series": year, "count": len(numbers)})
