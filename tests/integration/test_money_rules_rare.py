"""Rare cases of the rules of money safety: meters that count nothing, blacklists, the window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from cardstation.bootstrap import window
from cardstation.domain.ledger import EntryKind
from cardstation.domain.payment import Tender
from cardstation.domain.transitions import TopUpState
from cardstation.domain.volume import Volume
from cardstation.errors import CardServiceGone, OutcomeUnknown, Refusal
from cardstation.services.identify import Inserted
from cardstation.services.refund import request_refund
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.settings import Settings
from drivers.layouts.open4442 import OPEN4442
from drivers.makers import TRAINING
from drivers.virtual.meter import VirtualMeter
from tests.integration.test_money_rules import (
    HOME,
    SECOND,
    QrService,
    entries,
    the_only,
    torn,
    with_card,
)
from tests.kit.station import Desk, card_of, open_desk, take

pytest_plugins = ("tests.kit.fast_disk",)

*_, UNCOUNTED = TRAINING


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    opened = open_desk(folder)
    yield opened
    opened.reader.pull()
    opened.station.store.close()


def test_r4_a_meter_without_a_counter_is_given_a_load_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing at such a meter tells a load from its repetition: what was taken is not written."""
    card = card_of(HOME, UNCOUNTED)
    meter = VirtualMeter.of_card(OPEN4442.decode(card.image), OPEN4442, UNCOUNTED.school)
    torn(desk, card)
    assert meter.take(card).credited == Volume(0)
    before = the_only(desk)
    with_card(desk, card, resolve_card)
    after = the_only(desk)
    assert before.plan is not None
    assert after.plan is not None
    assert after.plan.target == before.plan.target
    assert after.counter_after == before.counter_after == before.counter_before
    assert meter.take(card).credited == Volume.of_m3("29")
    with monkeypatch.context() as patch:
        patch.setattr(Inserted, "power_cycle", _gone)
        with pytest.raises(OutcomeUnknown):
            desk.sell(card)
    assert meter.take(card).credited == Volume.of_m3("29")
    taken = card.image
    assert with_card(desk, card, resolve_card).outcome is Outcome.SEALED
    assert card.image == taken
    assert meter.take(card).credited == Volume(0)


def _gone(_card: Inserted) -> bytes:
    raise CardServiceGone


def test_r5_a_blacklist_is_no_proof(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The card is reported lost; its offline meter never hears of it, and takes the load."""
    card = card_of(HOME)
    torn(desk, card)
    with desk.station.store.unit() as unit:
        unit.blocked.replace({HOME.card_no: "lost"})
        unit.commit()
    with pytest.raises(Refusal, match="card_torn"):
        with_card(desk, card, request_refund, SECOND)
    with monkeypatch.context() as patch:
        patch.setattr(Inserted, "power_cycle", _gone)
        with pytest.raises(OutcomeUnknown):
            with_card(desk, card, resolve_card)
    with pytest.raises(Refusal, match="load_is_on_card"):
        with_card(desk, card, request_refund, SECOND)
    assert take(card).credited == Volume.of_m3("29")
    with pytest.raises(Refusal, match="load_is_on_card"):
        with_card(desk, card, request_refund, SECOND)
    assert EntryKind.REFUNDED not in {one.kind for one in entries(desk)}


def test_r8_the_window_recovers_before_it_opens(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `cardstation-desk` opens it. A command sells only after R3 has settled that very card."""
    service = QrService()
    desk = open_desk(folder, payments=(service,))
    with pytest.raises(OutcomeUnknown):
        desk.sell(card_of(HOME), tender=Tender.QR_CODE)
    assert the_only(desk).state is TopUpState.PAY_UNKNOWN
    desk.reader.pull()
    desk.station.store.close()
    monkeypatch.setattr("cardstation.bootstrap.station.PAYMENTS", (service,))
    monkeypatch.setattr(window, "open_readers", nullcontext)
    settings = Settings(home=folder, state=str(folder / "state"))
    with window.open_desk(settings) as wiring:
        with wiring.station.store.reading() as reading:
            (only,) = reading.topups.every()
        assert only.state is TopUpState.PAID
        assert [one.code for one in wiring.found] == ["paid_not_loaded"]
