"""A store put back from a backup together with its anchor, and a ledger that was never told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.domain.money import Money
from cardstation.domain.topup import TopUpRequest
from cardstation.errors import CardServiceGone, OutcomeUnknown
from cardstation.services import top_up as selling
from cardstation.services.recover import recover
from cardstation.services.resolve import Outcome, Resolution, resolve_card
from cardstation.services.top_up import top_up
from cardstation.store.anchor import Anchor
from drivers.virtual import VirtualCard
from tests.kit import cards
from tests.kit.station import Desk, card_of, neighbours, nobody, open_desk, take


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path / "newer")
    yield opened
    opened.station.store.close()


def resolved(desk: Desk, card: VirtualCard) -> Resolution:
    inserted = desk.insert(card)
    try:
        return resolve_card(desk.station, inserted)
    finally:
        inserted.close()
        desk.reader.pull()


def test_records_older_than_their_card_ask_a_human(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paid here, loaded by the records that were lost: never again (simulation, seed 41)."""
    card = card_of(cards.household())

    def stopped(*_: object) -> None:
        raise CardServiceGone

    with monkeypatch.context() as patch:
        patch.setattr(selling, "arm", stopped)
        inserted = desk.insert(card)
        with pytest.raises(CardServiceGone):
            top_up(desk.station, inserted, TopUpRequest(money=Money(10_000)), nobody)
        inserted.close()
    shutil.copytree(desk.station.store.home, tmp_path / "older")
    assert resolved(desk, card).outcome is Outcome.SEALED
    take(card)
    desk.sell(card)
    desk.reader.pull()
    older = open_desk(tmp_path / "older")
    try:
        with pytest.raises(OutcomeUnknown, match="paid_in_doubt"):
            resolved(older, card)
    finally:
        older.station.store.close()


class Cut(BaseException):
    """The power is gone."""


def test_two_cuts_before_the_first_anchor_do_not_stop_the_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Armed twice, never anchored: the desk is no desk whose anchor was taken (seed 1028)."""
    homes = neighbours(3)

    def no_power(*_: object) -> None:
        raise Cut

    for home in homes[:2]:
        desk = open_desk(tmp_path, households=homes)
        recover(desk.station)
        with monkeypatch.context() as patch:
            patch.setattr(Anchor, "write", no_power)
            with pytest.raises(Cut):
                desk.sell(card_of(home))
        desk.reader.pull()
        desk.station.store.close()
    desk = open_desk(tmp_path)
    recover(desk.station)
    desk.sell(card_of(homes[2]))
    desk.station.store.close()
