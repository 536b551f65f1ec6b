"""Papers that were handed out once, or prove nothing any more, never pass for originals."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.services.issue_acknowledgement import issue_acknowledgement
from cardstation.services.issue_receipt import issue_receipt
from cardstation.services.pay_batch import pay_batch
from cardstation.services.rejoin import rejoin
from cardstation.services.return_load import return_load
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.station import card_of, line, neighbours, nobody, open_desk, put_batch
from tests.kit.two_desks import with_card

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

SECOND = Approval("supervisor")
HOMES = neighbours(3)


def test_the_receipt_of_a_load_that_was_taken_back_says_so(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, households=HOMES)
    card = card_of(HOMES[0])
    sold = desk.sell(card)
    assert not issue_receipt(desk.station, sold.receipt_no).void
    with_card(desk, card, return_load, SECOND, nobody, reading="photo 1")
    issued = issue_receipt(desk.station, sold.receipt_no)
    assert (issued.paper_no, issued.void) == (2, True)
    again = desk.sell(card)
    assert not issue_receipt(desk.station, again.receipt_no).void
    desk.station.store.close()


def test_what_comes_back_from_the_ledger_counts_as_printed(tmp_path: Path) -> None:
    ledger = MemoryLedger()
    desk = open_desk(tmp_path / "day", households=HOMES, ledger=ledger)
    desk.sell(card_of(HOMES[2]))
    sync(desk.station)
    desk.station.store.close()
    shutil.copytree(tmp_path / "day", tmp_path / "backup")
    desk = open_desk(tmp_path / "day", households=HOMES, ledger=ledger)
    sold = desk.sell(card_of(HOMES[0]))
    issue_receipt(desk.station, sold.receipt_no)
    batch = put_batch(desk, [line(HOMES[1], 2)])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(10_000))
    with desk.station.store.reading() as reading:
        [taken] = reading.lump_sums.acknowledgements().values()
    issue_acknowledgement(desk.station, taken.ack_no)
    sync(desk.station)
    desk.station.store.close()
    desk = open_desk(tmp_path / "backup", households=HOMES, ledger=ledger)
    rejoin(desk.station, SECOND)
    assert issue_receipt(desk.station, sold.receipt_no).paper_no == 2
    assert issue_acknowledgement(desk.station, taken.ack_no).paper_no == 2
    assert verify(desk.station).ok
    desk.station.store.close()
