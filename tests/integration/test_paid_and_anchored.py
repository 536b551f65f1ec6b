"""Money that waits for its card puts the anchor: an older copy of the records is found by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.ledger import EntryKind
from cardstation.domain.payment import Tender
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.ports.payment import PaymentAnswer
from cardstation.services import top_up as selling
from cardstation.services.answer_payment import answer_payment
from cardstation.services.recover import recover
from drivers.virtual import VirtualCard
from tests.integration.test_resolve import HOME, Answering, begun
from tests.kit.station import Desk, card_of, open_desk, take


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path)
    yield opened
    opened.station.store.close()


def _answered(desk: Desk, card: VirtualCard, _: object) -> None:
    inserted = desk.insert(card)
    begun(desk, inserted)
    inserted.close()
    [question] = recover(desk.station)
    answer_payment(desk.station, question.intent_id, taken=True)


def _asked_again(desk: Desk, card: VirtualCard, _: object) -> None:
    service = Answering(PaymentAnswer.TAKEN)
    desk.station = replace(desk.station, payments=(service,))
    with pytest.raises(OutcomeUnknown):
        desk.sell(card, tender=Tender.QR_CODE)
    assert [one.code for one in recover(desk.station)] == ["paid_not_loaded"]


def _refused_after(desk: Desk, card: VirtualCard, patch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise Refusal("no_credit_slot")

    with patch.context() as full:
        full.setattr(selling, "arm", refuses)
        with pytest.raises(Refusal, match="no_credit_slot"):
            desk.sell(card)


@pytest.mark.parametrize("pays", [_answered, _asked_again, _refused_after])
def test_money_that_waits_for_its_card_is_in_no_older_copy(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, pays: Any
) -> None:
    """No *armed* follows that would put the anchor: it is put as soon as the money is certain."""
    card = card_of(HOME)
    desk.sell(card)
    take(card)
    pays(desk, card, monkeypatch)
    mark = desk.station.store.anchor.read()
    with desk.station.store.reading() as reading:
        paid = reading.journal.last()
    assert paid is not None
    assert paid.entry.kind is EntryKind.PAID
    assert mark is not None
    assert mark.seq == paid.seq
