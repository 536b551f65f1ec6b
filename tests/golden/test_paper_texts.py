"""The full text of each paper, kept as files to be read by people when it changes.

To renew one, delete its file and run the test: it writes the new text and fails once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.card_slip import CardSlip
from cardstation.domain.charge import ChargeReceipt
from cardstation.domain.desk_form import DeskForm
from cardstation.domain.quotation import BatchQuote
from cardstation.domain.receipt import Acknowledgement, HandoverSheet, Receipt
from cardstation.domain.refund_list import RefundList
from cardstation.domain.refund_slip import RefundSlip
from cardstation.i18n import LANGUAGES
from cardstation.papers import FORMS, Form
from tests.kit.bag_papers import BAG_SAMPLES
from tests.kit.card_slips import CARD_SLIPS
from tests.kit.charge_papers import CHARGES
from tests.kit.desk_forms import DESK_FORMS
from tests.kit.money_papers import ACKNOWLEDGEMENTS, QUOTES, REFUNDS
from tests.kit.papers import RECEIPTS, handover, pages_of
from tests.kit.refund_slips import REFUND_SLIPS

KEPT = Path(__file__).parent / "papers"
SAMPLES: dict[type[Any], dict[str, Any]] = {
    Receipt: {name: RECEIPTS[name] for name in ("sale", "loading_slip")},
    ChargeReceipt: {name: CHARGES[name] for name in ("over_use", "put_off", "back")},
    HandoverSheet: {"eight": handover(8)},
    BatchQuote: {"some": QUOTES["some"]},
    Acknowledgement: ACKNOWLEDGEMENTS,
    RefundList: {"some": REFUNDS["some"]},
    **{kind: dict([next(iter(found.items()))]) for kind, found in BAG_SAMPLES.items()},
    CardSlip: {name: CARD_SLIPS[name] for name in ("issue", "change")},
    RefundSlip: REFUND_SLIPS,
    DeskForm: DESK_FORMS,
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("form", "name", "value"),
    [
        pytest.param(form, name, value, id=f"{form.code}-{name}")
        for form in FORMS
        for name, value in SAMPLES[form.value].items()
    ],
)
def test_the_text_is_as_it_was_read(form: Form[Any], name: str, value: Any, lang: str) -> None:
    text = "\f\n".join(pages_of(form.draw(value, lang))) + "\n"
    path = KEPT / f"{form.code}-{name}-{lang}.txt"
    if not path.exists():
        path.write_text(text, encoding="utf-8")
        pytest.fail(f"written anew, read it: {path.name}")
    assert text == path.read_text("utf-8")


def test_no_kept_text_is_left_over() -> None:
    drawn = {
        f"{form.code}-{name}-{lang}.txt"
        for form in FORMS
        for name in SAMPLES[form.value]
        for lang in LANGUAGES
    }
    assert {path.name for path in KEPT.iterdir()} == drawn
