"""Every registered chip behind the real card service: known, opened, written, read back, torn."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.card import Span, Witness, judge
from cardstation.domain.meter import MakerRules
from cardstation.domain.money import Money
from cardstation.domain.topup import TopUpRequest
from cardstation.errors import CardRemoved
from cardstation.ports.chip import Chip, ChipDriver
from cardstation.ports.reader import Link, Presence
from cardstation.services.identify import insert_card
from cardstation.services.top_up import top_up
from drivers.layouts import LAYOUTS
from drivers.makers import MAKERS
from drivers.virtual import Firmware, Tear, VirtualCard, new_chip
from tests.kit import cards
from tests.kit.chips import CASES, case_name
from tests.kit.pcsc import PLENTY_S, Bench
from tests.kit.station import card_of, layout_of, nobody, open_desk

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc")]

CHIP_OF = {layout.code: layout.chip for layout in LAYOUTS}
PURCHASES = [
    (rules, dialect, firmware)
    for rules in MAKERS
    for driver, dialect, firmware in CASES
    if rules.training and driver.name == CHIP_OF[rules.layout]
]
"""Every maker a training desk sells for, behind every firmware that carries its cards' chip."""


@pytest.mark.parametrize("case", CASES, ids=case_name)
def test_a_chip_over_the_real_stack(bench: Bench, case: tuple[ChipDriver, str, str]) -> None:
    driver, dialect, firmware = case
    reader, slot = bench.readers[0], bench.slots[0]
    bench.room._dialects = {reader.name: dialect}
    card = VirtualCard(new_chip(driver.name))

    def powered() -> Chip:
        presence = reader.wait_card(PLENTY_S)
        assert presence is not None
        assert driver.recognises(presence.atr)
        lain.append(presence)
        links.append(reader.open(presence))
        return driver.attach(links[-1])

    links: list[Link] = []
    lain: list[Presence] = []
    slot.insert(Firmware(card, firmware))
    chip = powered()
    before = chip.read()
    span = Span(chip.writable[-1].start, bytes(byte ^ 0x5A for byte in before[:5]))
    chip.unlock(driver.blank_code)
    chip.write(before, [span])
    links.pop().close()
    chip = powered()
    written = chip.read()
    assert written[span.address : span.end] == span.data
    again = Span(span.address, b"\x01\x02\x03\x04\x05")
    chip.unlock(driver.blank_code)
    card.chip.arm(Tear(1, seed=3))
    with pytest.raises(CardRemoved):
        chip.write(written, [again])
    links.pop().close()
    assert slot.wait_empty(PLENTY_S)
    assert reader.wait_removed(lain[-1], PLENTY_S)
    slot.insert(Firmware(card, firmware))
    chip = powered()
    target = written[: again.address] + again.data + written[again.end :]
    seen = chip.read()
    assert judge(written, target, chip.writable, seen, chip.smears) is Witness.TORN
    chip.unlock(driver.blank_code)
    unit = next((one for one in chip.smears if again.address in one), range(again.address))
    stop = max(unit.stop, again.end)
    chip.write(seen, [Span(again.address, target[again.address : stop])])
    links.pop().close()
    chip = powered()
    assert chip.read() == target
    links.pop().close()


@pytest.mark.parametrize("case", PURCHASES, ids=lambda case: f"{case[0].code}-{case[2]}")
def test_a_purchase_over_the_real_stack(
    bench: Bench, tmp_path: Path, case: tuple[MakerRules, str, str]
) -> None:
    """Reader, chip, layout and maker together: bought, written, proven, and read as waiting."""
    rules, dialect, firmware = case
    reader, slot, layout = bench.readers[0], bench.slots[0], layout_of(rules)
    bench.room._dialects = {reader.name: dialect}
    desk = open_desk(tmp_path)
    card = card_of(cards.household(), rules)
    slot.insert(Firmware(card, firmware))
    presence = reader.wait_card(PLENTY_S)
    assert presence is not None
    inserted = insert_card(desk.station, reader, presence)
    receipt = top_up(desk.station, inserted, TopUpRequest(money=Money(10_000)), nobody)
    inserted.close()
    shown = layout.decode(card.image)
    assert shown.pending == receipt.volume
    states = desk.states()
    desk.station.store.close()
    assert states[-1] == "sealed"
    assert card.chip.tries == type(card.chip)().tries
