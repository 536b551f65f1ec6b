"""A desk of real settings sells to a purse card over the real card service, keys in a module."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.bootstrap.doctor import look_at_everything
from cardstation.bootstrap.readers import open_readers
from cardstation.bootstrap.station import open_station
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.topup import TopUpRequest
from cardstation.errors import Mishap
from cardstation.services.identify import insert_card
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from cardstation.settings import load_settings, save_setting
from drivers.purses.chip import KIND
from drivers.virtual import Firmware, VirtualCard
from drivers.virtual.psam import TERMINAL, VirtualPsam
from tests.kit.pcsc import PLENTY_S, Bench
from tests.kit.purse_station import HOUSEHOLD, LOADS, SOLD_FEN, issued
from tests.kit.station import DESK_RULES, RESIDENTIAL, nobody

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc")]


def test_a_purse_is_sold_to_by_the_module_beside_it(bench: Bench, tmp_path: Path) -> None:
    """The module is pulled and seated again between two tries; its reader is no lane."""
    lane, slot = (reader.name for reader in bench.readers)
    save_setting(tmp_path, purse_keys="psam", purse_maker="CP10", purse_reader=slot)
    settings = load_settings(tmp_path, {})
    card, module = issued(), VirtualCard(VirtualPsam())
    bench.slots[0].insert(Firmware(card))
    with open_station(settings, True) as station, open_readers(settings) as room:
        with station.store.unit() as unit:
            unit.households.put([HOUSEHOLD])
            unit.tariffs.replace((RESIDENTIAL,), DESK_RULES)
            unit.commit()
        [reader] = room.readers()
        assert reader.name == lane
        presence = reader.wait_card(PLENTY_S)
        assert presence is not None
        with pytest.raises(Mishap, match="psam_silent"):
            insert_card(station, reader, presence)
        bench.slots[1].insert(Firmware(module))
        assert bench.readers[1].wait_card(PLENTY_S) is not None
        inserted = insert_card(station, reader, presence)
        wanted = TopUpRequest(money=Money(SOLD_FEN), tender=Tender.CASH)
        top_up(station, inserted, wanted, nobody)
        inserted.close()
        assert verify(station).ok
    cells = card.chip.state.of_kind(KIND)  # type: ignore[attr-defined]
    assert (cells.balance, cells.online) == (SOLD_FEN, LOADS + 1)
    [said] = [one.found for one in look_at_everything(settings) if one.name == "purses"]
    assert said == f"CP10, psam {slot}, terminal {TERMINAL.hex()}"
