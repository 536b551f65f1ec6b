"""Every code on every paper is read by another program (ZXing), and says what the paper says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from cardstation.domain.charge import ChargeReceipt
from cardstation.domain.closing import ClosingSlip
from cardstation.domain.receipt import HandoverSheet, Receipt
from cardstation.domain.triage_list import TriageList
from cardstation.i18n import LANGUAGES
from cardstation.papers import FORMS, Form
from tests.kit.bag_papers import BAG_SAMPLES
from tests.kit.charge_papers import CHARGES
from tests.kit.money_papers import ACKNOWLEDGEMENTS, QUOTES, REFUNDS
from tests.kit.papers import RECEIPTS, handover
from tests.kit.triage_papers import TRIAGE_LISTS

DOTS_PER_MM = 8
"""Of a thermal printer and of a label printer; office printers have more."""

SAMPLES: dict[type[Any], dict[str, Any]] = {
    Receipt: RECEIPTS,
    HandoverSheet: {"eight": handover(8), "training": handover(60, training=True)},
    TriageList: TRIAGE_LISTS,
    **{kind: dict(found) for kind, found in BAG_SAMPLES.items()},
    ChargeReceipt: CHARGES,
}
for _many in (QUOTES, ACKNOWLEDGEMENTS, REFUNDS):
    SAMPLES[type(next(iter(_many.values())))] = dict(_many)


def _batch(value: Any) -> set[str]:
    return {f"CS:B/{value.batch_id}"}


def _receipt(value: Receipt) -> set[str]:
    parts = (value.receipt_no, value.entry_id.upper(), value.paid.fen, value.check_code)
    return {"CS:R/" + "/".join(map(str, parts))}


def _charge(made: ChargeReceipt) -> set[str]:
    number = made.receipt_no or made.charge.charge_id
    code = f"CS:C/{number}/{made.entry_id}/{made.charge.money.fen}/{made.check_code}"
    return {code.upper()}


def _closing(slip: ClosingSlip) -> set[str]:
    change, total = slip.closing.change, slip.closing.settlement.total
    return {f"CS:X/{change.account_no}/{total.fen}/{slip.check_code}"}


SAID: dict[str, Callable[[Any], set[str]]] = {
    "receipt_a5": _receipt,
    "receipt_80mm": _receipt,
    "handover_sheet": _batch,
    "desk_copy": lambda _value: set(),
    "quote_sheet": lambda q: {
        f"CS:Q/{q.quote_no}/{q.reference}/{q.total.fen}/{q.digest[:8].upper()}"
    },
    "acknowledgement": lambda a: {f"CS:A/{a.ack_no}/{a.batch_id}/{a.money.fen}/{a.check_code}"},
    "refund_list": lambda r: {
        f"CS:F/{r.batch_id}/{r.parts[0].remains.fen}/{r.parts[0].given_back.fen}"
    },
    "bag_label": lambda bag: {bag.seal_no, f"CS:G/{bag.seal_no}"},
    "custody_slip": lambda slip: {f"CS:H/{slip.batch_id}/{slip.number}"},
    "manager_sheet": _batch,
    "receipt_strip": _batch,
    "not_done_list": _batch,
    "annex": _batch,
    "triage_list": lambda _value: set(),
    "card_report": lambda _value: set(),
    "card_slip": lambda _value: set(),
    "meter_change": lambda _value: set(),
    "desk_form": lambda _value: set(),
    "refund_slip": lambda _value: set(),
    "tool_slip": lambda _value: set(),
    "closing_slip": _closing,
    "charge_a5": _charge,
    "charge_80mm": _charge,
}
"""What the codes of a form's first page say; a form that is not named here fails."""


def printed() -> Iterator[Any]:
    for form in FORMS:
        for name, value in SAMPLES[form.value].items():
            for lang in LANGUAGES:
                yield pytest.param(form, value, lang, id=f"{form.code}-{name}-{lang}")


@pytest.mark.parametrize(("form", "value", "lang"), list(printed()))
def test_another_program_reads_what_a_code_should_say(
    form: Form[Any], value: Any, lang: str
) -> None:
    with pypdfium2.PdfDocument(form.draw(value, lang)) as document:
        image = document[0].render(scale=DOTS_PER_MM * 25.4 / 72).to_pil().convert("1")
    found = [one.text for one in zxingcpp.read_barcodes(image)]
    assert set(found) == SAID[form.code](value)
    assert len(found) == len(set(found))
