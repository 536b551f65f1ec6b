"""A maker's library keeps the promises of the card room's ports, whatever it does behind them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cardstation.domain.card import CardIdentity, CardType, Credit, Witness, judge
from cardstation.domain.meter import MeterKind
from cardstation.domain.new_card import new_content
from cardstation.domain.topup import NO_MARK
from cardstation.domain.volume import Volume
from cardstation.errors import (
    CardRemoved,
    CardSwapped,
    Defect,
    LinkFailed,
    ReaderHung,
    Refusal,
    WriteNotTaken,
)
from cardstation.ports.chip import Chip
from cardstation.ports.reader import Presence
from drivers.bridge.chip import LibraryChipDriver
from drivers.bridge.layout import FactsLayout
from drivers.bridge.library import MakerLibrary
from drivers.bridge.reader import LibraryReader
from drivers.chips import CHIPS
from tests.kit.maker_library import BOTH, HOUSEHOLD, Plastic, Slot, build

MINE = Plastic.of(HOUSEHOLD)
AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


class Desk:
    """A library's reader with one card in it."""

    def __init__(self, slot: Slot) -> None:
        self.slot = slot
        self.library = MakerLibrary(slot.described)
        self.reader = LibraryReader(self.library)
        self.driver = LibraryChipDriver(slot.described)
        self.layout = FactsLayout(slot.described)
        slot.lay(MINE)

    def presence(self) -> Presence:
        presence = self.reader.wait_card(0)
        assert presence is not None
        return presence

    def powered(self) -> Chip:
        return self.driver.attach(self.reader.open(self.presence()))

    def load(self, chip: Chip, litres: int = 29_000) -> bytes:
        """Plan and write a load; the image that shall be there."""
        image = chip.read()
        credit = self.layout.decode(image).credit
        assert credit is not None
        wanted = replace(
            credit,
            quantity=Volume(litres),
            purchase_counter=credit.purchase_counter + 1,
            cumulative=Volume(MINE.total + litres),
            loaded_at=AT,
        )
        plan = self.layout.plan_load(image, wanted)
        chip.unlock(b"")
        chip.write(image, plan.spans)
        return plan.target


@pytest.fixture(scope="module", params=BOTH)
def compiled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Slot:
    return build(tmp_path_factory.mktemp("library"), request.param, timeout_s=2)


@pytest.fixture
def desk(compiled: Slot) -> Iterator[Desk]:
    made = Desk(compiled)
    yield made
    made.library.end()


def test_it_recognises_its_own_answer_to_reset_and_no_other(desk: Desk) -> None:
    atr = desk.presence().atr
    assert desk.driver.recognises(atr)
    assert not any(chip.recognises(atr) for chip in CHIPS)
    for other in ("", "3B0492231091", "3B04A2131091"):
        assert not desk.driver.recognises(bytes.fromhex(other))


def test_reading_needs_no_code_and_says_what_is_there(desk: Desk) -> None:
    chip = desk.powered()
    image = chip.read()
    assert image == chip.read()
    assert len(image) == chip.size
    content = desk.layout.decode(image)
    assert content.identity.card_no == MINE.card_no
    assert content.identity.maker == desk.slot.described.rules.code
    assert content.pending is None
    assert content.returned is not None
    assert content.returned.residual == Volume(3_500)


def test_only_its_own_statements_are_recognised(desk: Desk) -> None:
    image = desk.powered().read()
    assert desk.layout.recognises(image)
    assert not desk.layout.is_torn(image)
    for other in (b"", bytes(256), image[:-1], bytes(len(image)), b"\xff" * len(image)):
        assert not desk.layout.recognises(other)
        with pytest.raises(Refusal, match="foreign_card"):
            desk.layout.decode(other)


def test_writing_comes_after_unlocking_and_codes_are_not_ours(desk: Desk) -> None:
    chip = desk.powered()
    assert chip.tries_left() == chip.all_tries
    with pytest.raises(Defect):
        chip.write(chip.read(), ())
    with pytest.raises(Defect):
        chip.set_code(b"", b"")
    found = desk.layout.decode(chip.read())
    assert found.credit is not None
    assert found.returned is not None
    issued = (b"", found.identity, found.credit, found.limits, None, found.returned)
    with pytest.raises(Refusal, match="library_cannot_issue"):
        desk.layout.plan_issue(*issued)
    with pytest.raises(Refusal, match="foreign_card"):
        desk.layout.plan_wipe(b"", b"mark")


def test_a_load_stands_there_to_the_fact(desk: Desk) -> None:
    chip = desk.powered()
    target = desk.load(chip)
    seen = desk.powered().read()
    assert judge(target, target, desk.layout.desk_owned, seen) is Witness.TARGET
    card = desk.slot.seen()
    assert (card.quantity, card.counter, card.total) == (29_000, 51, MINE.total + 29_000)
    assert desk.layout.decode(seen).pending == Volume(29_000)


def test_what_is_there_already_is_not_written_again(desk: Desk) -> None:
    target = desk.load(desk.powered())
    desk.slot.tell("write", "crash_before")
    chip = desk.powered()
    image = chip.read()
    chip.unlock(b"")
    span = replace(desk.layout.plan_load(image, _credit(desk, target)).spans[0])
    chip.write(image, (span,))
    assert not desk.slot.obeyed()
    desk.slot.card.with_suffix(".card.do").unlink()


def _credit(desk: Desk, image: bytes) -> Credit:
    credit = desk.layout.decode(image).credit
    assert credit is not None
    return credit


def test_a_card_that_is_not_as_it_was_read_is_not_written(desk: Desk) -> None:
    """Changed between two looks: another card, or the same one with another load."""
    for other in (
        replace(MINE, card_no="88013025000099"),
        replace(MINE, quantity=10_000, counter=51, total=MINE.total + 10_000),
    ):
        desk.slot.lay(MINE)
        chip = desk.powered()
        image = chip.read()
        desk.slot.lay(other)
        chip.unlock(b"")
        credit = desk.layout.decode(image).credit
        assert credit is not None
        plan = desk.layout.plan_load(
            image, replace(credit, quantity=Volume(5_000), purchase_counter=51)
        )
        with pytest.raises(CardSwapped):
            chip.write(image, plan.spans)
        assert desk.slot.seen() == other


def test_a_load_that_reads_back_differently_is_said(desk: Desk) -> None:
    chip = desk.powered()
    desk.slot.tell("write", "half")
    with pytest.raises((LinkFailed, WriteNotTaken, Refusal)):
        desk.load(chip)


@pytest.mark.parametrize("mode", ["hang_before", "crash_before", "exit_before"])
def test_after_a_failed_exchange_the_link_is_dead_and_the_next_one_lives(
    desk: Desk, mode: str
) -> None:
    chip = desk.powered()
    desk.slot.tell("read", mode)
    with pytest.raises(LinkFailed) as failed:
        chip.read()
    for _ in range(2):
        with pytest.raises(type(failed.value)):
            chip.read()
    assert isinstance(failed.value, ReaderHung) == mode.startswith("hang")
    assert desk.layout.recognises(desk.powered().read())


def test_a_closed_link_says_so(desk: Desk) -> None:
    link = desk.reader.open(desk.presence())
    link.close()
    link.close()
    with pytest.raises(CardRemoved):
        link.exchange(b"read")


def test_every_insertion_is_one_event(desk: Desk) -> None:
    first = desk.presence()
    assert desk.presence() == first
    assert not desk.reader.wait_removed(first, 0)
    away = desk.slot.take_out()
    assert desk.reader.wait_removed(first, 0)
    assert desk.reader.wait_card(0) is None
    with pytest.raises(CardRemoved):
        desk.reader.open(first)
    desk.slot.lay(away)
    second = desk.presence()
    assert second.event > first.event
    with pytest.raises(CardSwapped):
        desk.reader.open(first)
    assert desk.reader.wait_removed(first, 0)


def test_a_waiting_thread_is_woken(desk: Desk) -> None:
    desk.slot.take_out()
    told: list[object] = []
    waiting = threading.Thread(target=lambda: told.append(desk.reader.wait_card(None)))
    waiting.start()
    desk.reader.cancel()
    waiting.join(10)
    assert told == [None]


def test_a_card_that_cannot_be_read_lies_there_all_the_same(desk: Desk) -> None:
    desk.slot.card.write_text("scratched")
    assert desk.reader.wait_card(0) is not None
    with pytest.raises(Refusal, match="card_damaged"):
        desk.powered().read()


READS_TO_LOOK = """[functions.present] => [functions.close]
symbol = "AddStatus" => symbol = "AddStatus"
returns = "int16" => returns = "int16"
{ 0 = "no_card", 1 = "ok" } => { 0 = "ok", 1 = "ok" }"""


def test_a_library_without_a_look_is_read_to_see_whether_a_card_is_there(tmp_path: Path) -> None:
    desk = Desk(build(tmp_path, "adds", extra=READS_TO_LOOK))
    try:
        assert desk.reader.wait_card(0) is not None
        desk.slot.take_out()
        assert desk.reader.wait_card(0) is None
    finally:
        desk.library.end()


def test_what_the_meter_said_is_not_changed_by_what_the_desk_does(desk: Desk) -> None:
    """Or a desk's own load would look like the meter's evidence that it was not taken."""
    chip = desk.powered()
    before = desk.layout.decode(chip.read()).returned
    desk.load(chip)
    after = desk.layout.decode(desk.powered().read()).returned
    assert before == after
    assert after is not None
    assert after.taken_mark != NO_MARK


def issued(desk: Desk, chip: Chip) -> bytes:
    """Plan and write a new card on a blank; the image that shall be there."""
    maker = desk.slot.described.rules
    who = CardIdentity(
        maker.code, CardType.OPENING, MINE.card_no, MINE.account_no, MINE.meter_no, 0
    )
    new = new_content(who, maker, MeterKind.VOLUME, tiers=(), at=AT, station_no=1, mark=b"mark")
    assert new.credit is not None
    assert new.returned is not None
    image = chip.read()
    assert desk.layout.is_blank(image)
    assert not desk.layout.recognises(image)
    plan = desk.layout.plan_issue(image, who, new.credit, new.limits, None, new.returned)
    chip.unlock(b"")
    chip.write(image, plan.spans)
    return plan.target


def test_a_blank_becomes_a_card_and_a_card_a_blank(desk: Desk) -> None:
    desk.slot.lay(None)
    target = issued(desk, desk.powered())
    chip = desk.powered()
    seen = chip.read()
    assert judge(target, target, desk.layout.desk_owned, seen) is Witness.TARGET
    assert desk.layout.decode(seen).identity == desk.layout.decode(target).identity
    plan = desk.layout.plan_wipe(seen, b"mark")
    chip.unlock(b"")
    chip.write(seen, plan.spans)
    assert desk.slot.is_blank
    assert desk.layout.is_blank(plan.target)


@pytest.mark.parametrize("mode", ["crash_before", "exit_after", "refuse", "half"])
def test_a_card_that_is_made_by_a_failing_library_is_unknown(desk: Desk, mode: str) -> None:
    desk.slot.lay(None)
    desk.slot.tell("new", mode)
    with pytest.raises((LinkFailed, WriteNotTaken)):
        issued(desk, desk.powered())
    assert desk.slot.obeyed()
    chip = desk.powered()
    image = chip.read()
    assert desk.layout.is_blank(image) or desk.layout.recognises(image)
