"""A stranger's card is examined over the real card service, and stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.card_report import Verdict
from cardstation.services.examine_card import examine_card
from drivers.layouts.findings import places_of
from drivers.virtual import Firmware, VirtualCard, new_chip
from tests.kit.card_reports import stranger
from tests.kit.pcsc import PLENTY_S, Bench
from tests.kit.station import open_desk

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc")]


def test_a_strangers_memory_card_is_explained(bench: Bench, tmp_path: Path) -> None:
    """One that answers to reset as several do: each is tried, the right one tells most."""
    reader, slot = bench.readers[0], bench.slots[0]
    bench.room._dialects = {reader.name: "acs"}
    card = stranger(VirtualCard(new_chip("at24c02")))
    before = card.image
    slot.insert(Firmware(card, "acs"))
    presence = reader.wait_card(PLENTY_S)
    assert presence is not None
    desk = open_desk(tmp_path)
    report = examine_card(desk.station, reader, presence, places_of)
    desk.station.store.close()
    assert (report.verdict, report.chips[0].name) == (Verdict.OTHER_UTILITY, "at24c02")
    assert card.image == before
