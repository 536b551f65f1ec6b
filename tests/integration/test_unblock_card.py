"""A reported card is found again: two persons take it off the list; the next list may name it."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from cardstation.domain.feed import POLICY
from cardstation.domain.ledger import PEOPLE
from cardstation.domain.shift import Approval
from cardstation.errors import LedgerRefused, Refusal
from cardstation.services.rejoin import rejoin
from cardstation.services.sync import sync
from cardstation.services.unblock_card import unblock_card
from cardstation.services.verify import verify
from cardstation.store.feeds import Feeds, Followed
from tests.kit import cards
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.station import Desk, card_of, open_desk

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

HOME = cards.household()
SECOND = Approval("supervisor")
WHY = "the household found it in a coat"


def report(desk: Desk) -> None:
    with desk.station.store.unit() as unit:
        unit.blocked.replace({HOME.card_no: "lost", "88013025000018": "lost"})
        unit.commit()


def reported(desk: Desk) -> set[str]:
    with desk.station.store.reading() as reading:
        return set(reading.blocked.every())


def test_two_persons_unblock_a_card_and_it_is_sold_to(tmp_path: Path) -> None:
    desk, card = open_desk(tmp_path), card_of(HOME)
    report(desk)
    with pytest.raises(Refusal, match="card_blacklisted"):
        desk.sell(card)
    with pytest.raises(Refusal, match="second_person_same"):
        unblock_card(desk.station, HOME.card_no, Approval(desk.station.clerk), WHY)
    unblock_card(desk.station, HOME.card_no, SECOND, WHY)
    assert reported(desk) == {"88013025000018"}
    with desk.station.store.reading() as reading:
        stored = reading.journal.last()
    assert stored is not None
    entry = stored.entry
    assert (entry.subject, entry.account_no) == (HOME.card_no, HOME.account_no)
    assert (entry.approver, entry.witness) == (SECOND.name, PEOPLE + WHY)
    assert desk.sell(card).receipt_no
    with pytest.raises(Refusal, match="card_not_reported"):
        unblock_card(desk.station, HOME.card_no, SECOND, WHY)
    report(desk)
    assert HOME.card_no in reported(desk), "the next list may name it anew"
    sync(desk.station)
    assert verify(desk.station).ok
    desk.station.store.close()


def test_where_the_centre_publishes_the_list_the_centre_changes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk(tmp_path)
    report(desk)
    monkeypatch.setattr(Feeds, "followed", lambda *_: Followed(POLICY, number=3))
    with pytest.raises(Refusal, match="unblock_at_centre"):
        unblock_card(desk.station, HOME.card_no, SECOND, WHY)
    assert HOME.card_no in reported(desk)
    desk.station.store.close()


def test_in_the_lost_tail_it_is_known_again(tmp_path: Path) -> None:
    ledger = MemoryLedger()
    day = open_desk(tmp_path / "day", ledger=ledger)
    report(day)
    day.station.store.close()
    shutil.copytree(tmp_path / "day", tmp_path / "backup")
    desk = open_desk(tmp_path / "day", ledger=ledger)
    unblock_card(desk.station, HOME.card_no, SECOND, WHY)
    sync(desk.station)
    desk.station.store.close()
    restored = open_desk(tmp_path / "backup", ledger=ledger)
    with suppress(LedgerRefused):
        sync(restored.station)
    rejoin(restored.station, SECOND)
    assert reported(restored) == {"88013025000018"}
    assert verify(restored.station).ok
    restored.station.store.close()
