"""A purse in the words of the card room: image, chip and layout over one virtual card."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cardstation.domain.card import CardType, Credit, Span, Witness, judge
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.topup import NO_MARK
from cardstation.domain.volume import NO_GAS
from cardstation.errors import CardSwapped, Defect, LinkFailed, Refusal, WriteNotTaken
from cardstation.ports.purse import PurseKeys, PurseStand
from drivers.makers.purse_cards import PURSE_CARDS
from drivers.purses import PURSES, gas_files
from drivers.purses.chip import KIND, PurseChip, PurseChipDriver
from drivers.purses.facts import DIGESTS, SIZE, facts_in, image_of
from drivers.purses.gas_content import Purpose, Returned
from drivers.purses.layout import NEVER, PurseLayout
from drivers.purses.pboc import PbocDriver
from drivers.readers.wrappers import Fault, FaultKind
from drivers.virtual.cpu_cells import LOCKED
from drivers.virtual.purse_card import VirtualPurseCard
from tests.kit.purse_station import HOUSEHOLD, LOADS, issued
from tests.kit.purses import AT, PurseDesk, psam, software

LAYOUT = PurseLayout("epurse", PURSE_CARDS.code)
CREDIT = Credit(
    Money(5000), LOADS + 1, NO_MONEY, AT.astimezone(), station_no=3, mark=b"mark", sequence=0
)


class ChipDesk(PurseDesk):
    """A desk whose purse is a chip of the card room."""

    def __init__(self, keys: PurseKeys | None = None, chip: VirtualPurseCard | None = None):
        card = issued().chip
        assert isinstance(card, VirtualPurseCard)
        super().__init__(keys, chip=chip or card)
        driver = PURSES[0]
        assert isinstance(driver, PbocDriver)
        self.chip_driver = PurseChipDriver(driver, self.keys)

    def as_chip(self) -> PurseChip:
        self.powered()
        link = self.reader._link
        assert link is not None
        return self.chip_driver.attach(link)


def test_the_driver_says_what_the_purse_does() -> None:
    desk = ChipDesk()
    assert desk.chip_driver.name == PURSES[0].name == LAYOUT.chip
    assert desk.chip_driver.recognises(desk.chip.atr)
    assert not desk.chip_driver.recognises(b"\x3b\x04")
    chip = desk.as_chip()
    assert (chip.size, chip.all_tries, chip.tries_left()) == (SIZE, 1, None)
    assert chip.writable == (range(DIGESTS.start, SIZE),)


def test_a_card_in_use_is_read_and_told() -> None:
    desk = ChipDesk()
    image = desk.as_chip().read()
    assert LAYOUT.recognises(image)
    assert not LAYOUT.is_blank(image)
    assert not LAYOUT.is_torn(image)
    shown = LAYOUT.decode(image)
    identity = shown.identity
    assert (identity.maker, identity.card_no) == (PURSE_CARDS.code, HOUSEHOLD.card_no)
    assert (identity.account_no, identity.meter_no) == (
        HOUSEHOLD.account_no,
        HOUSEHOLD.meter.meter_no,
    )
    assert (identity.card_type, identity.generation) == (CardType.USER, 0)
    assert shown.pending is None
    assert shown.credit is not None
    assert (shown.credit.quantity, shown.credit.purchase_counter) == (Money(700), LOADS)
    assert shown.returned is not None
    assert shown.returned.purchase_counter == LOADS
    assert shown.returned.residual == Money(700)
    assert (shown.returned.meter_no, shown.returned.written_at.date()) == (
        HOUSEHOLD.meter.meter_no,
        AT.date(),
    )


def test_a_load_is_planned_done_and_read_back() -> None:
    desk = ChipDesk()
    chip = desk.as_chip()
    before = chip.read()
    plan = LAYOUT.plan_load(before, CREDIT)
    chip.unlock(b"")
    chip.write(before, plan.spans)
    assert desk.stands(KIND) == PurseStand(5000, LOADS + 1)
    after = desk.as_chip().read()
    assert judge(plan.before, plan.target, plan.owned, after, chip.smears) is Witness.TARGET
    shown = LAYOUT.decode(after)
    assert shown.pending == Money(5000)
    assert shown.credit is not None
    assert (shown.credit.mark, shown.credit.station_no) == (b"mark", 3)
    assert shown.credit.loaded_at == CREDIT.loaded_at
    told = facts_in(after, LAYOUT.code)
    assert told is not None
    kept = desk.chip.state.of_kind(KIND).proof
    assert told.tac == kept[-4:].hex()
    assert shown.returned is not None
    assert (shown.returned.taken_mark, shown.returned.purchase_counter) == (NO_MARK, LOADS)
    chip = desk.as_chip()
    chip.unlock(b"")
    chip.write(after, plan.spans)
    assert desk.stands(KIND).sequence == LOADS + 1


def test_what_the_meter_took_moves_no_verdict() -> None:
    desk = ChipDesk()
    chip = desk.as_chip()
    before = chip.read()
    plan = LAYOUT.plan_load(before, CREDIT)
    chip.unlock(b"")
    chip.write(before, plan.spans)
    desk.chip.spend(KIND, 5000, at=AT)
    whose = (HOUSEHOLD.meter.meter_no, HOUSEHOLD.account_no)
    desk.chip.write_back(Returned(*whose, remaining_fen=4321, count=LOADS + 1, at="2601151000"))
    after = desk.as_chip().read()
    assert judge(plan.before, plan.target, plan.owned, after) is Witness.TARGET
    shown = LAYOUT.decode(after)
    assert shown.pending is None
    assert shown.returned is not None
    assert (shown.returned.taken_mark, shown.returned.purchase_counter) == (b"mark", LOADS + 1)
    assert (shown.returned.residual, shown.returned.meter_no) == (
        Money(4321),
        HOUSEHOLD.meter.meter_no,
    )
    assert shown.returned.written_at.strftime("%y%m%d%H%M") == "2601151000"


def test_another_desks_load_is_neither_before_nor_target() -> None:
    desk = ChipDesk()
    chip = desk.as_chip()
    before = chip.read()
    plan = LAYOUT.plan_load(before, CREDIT)
    theirs = LAYOUT.plan_load(before, replace(CREDIT, mark=b"else"))
    chip.unlock(b"")
    chip.write(before, theirs.spans)
    chip = desk.as_chip()
    seen = chip.read()
    assert judge(plan.before, plan.target, plan.owned, seen) is Witness.FOREIGN
    chip.unlock(b"")
    with pytest.raises(CardSwapped):
        chip.write(before, plan.spans)
    assert desk.stands(KIND) == PurseStand(5000, LOADS + 1)


def test_writing_wants_an_unlock_and_one_step_of_the_count() -> None:
    desk = ChipDesk()
    chip = desk.as_chip()
    before = chip.read()
    plan = LAYOUT.plan_load(before, CREDIT)
    with pytest.raises(Defect):
        chip.write(before, plan.spans)
    with pytest.raises(Defect):
        chip.unlock(b"code")
    with pytest.raises(Defect):
        chip.set_code(b"", b"")
    chip.unlock(b"")
    facts = facts_in(before, LAYOUT.code)
    assert facts is not None
    two = image_of(replace(facts, count=facts.count + 2), LAYOUT.code)
    with pytest.raises(Defect):
        chip.write(before, [Span(DIGESTS.start, two[DIGESTS.start :])])
    with pytest.raises(Refusal, match="purse_counts_itself"):
        LAYOUT.plan_load(before, replace(CREDIT, purchase_counter=LOADS + 2))
    with pytest.raises(Defect):
        chip.write(bytes(SIZE), plan.spans)
    assert desk.stands(KIND) == PurseStand(0, LOADS)


def test_a_card_that_shows_another_load_afterwards_is_told() -> None:
    desk = ChipDesk()
    chip = desk.as_chip()
    before = chip.read()
    facts = facts_in(before, LAYOUT.code)
    assert facts is not None
    plan = LAYOUT.plan_load(before, CREDIT)
    chip.unlock(b"")
    other = replace(facts, count=LOADS + 1, generation=9)
    target = image_of(replace(other, fen=5000, mark="00" * 4, moment="20260115093005"), "epurse")
    with pytest.raises(WriteNotTaken):
        chip.write(before, [Span(DIGESTS.start, target[DIGESTS.start :])])
    assert plan.target != target


def test_keys_that_do_not_answer_leave_the_card_as_it_is() -> None:
    fault = Fault()
    desk = ChipDesk(psam(fault=fault))
    chip = desk.as_chip()
    before = chip.read()
    chip.unlock(b"")
    fault._at, fault._kind = fault.exchanges, FaultKind.BEFORE
    with pytest.raises(LinkFailed) as stop:
        chip.write(before, LAYOUT.plan_load(before, CREDIT).spans)
    assert stop.value.code == "psam_silent"
    assert stop.value.values["reader"] == "slot"
    assert desk.stands(KIND) == PurseStand(0, LOADS)
    assert software().terminal == desk.keys.terminal


def test_a_card_that_locks_itself_says_so() -> None:
    desk = ChipDesk()
    chip = desk.as_chip()
    before = chip.read()
    chip.unlock(b"")
    desk.chip._put(replace(desk.chip.state, life=LOCKED))
    with pytest.raises(Refusal) as stop:
        chip.write(before, LAYOUT.plan_load(before, CREDIT).spans)
    assert stop.value.code == "purse_locked"


def test_a_link_that_breaks_says_how() -> None:
    desk = ChipDesk()
    chip = desk.as_chip()
    before = chip.read()
    chip.unlock(b"")
    desk.reader.pull()
    with pytest.raises(LinkFailed) as stop:
        chip.write(before, LAYOUT.plan_load(before, CREDIT).spans)
    assert stop.value.code == "card_removed"


def test_a_card_nobody_has_yet_is_blank() -> None:
    desk = ChipDesk(chip=VirtualPurseCard())
    image = desk.as_chip().read()
    assert LAYOUT.is_blank(image)
    assert not LAYOUT.recognises(image)
    with pytest.raises(Refusal) as stop:
        LAYOUT.decode(image)
    assert stop.value.code == "foreign_card"


def test_a_spoilt_parameter_file_is_damage() -> None:
    desk = ChipDesk()
    desk.chip.main[desk.chip.place(gas_files.PARAMETERS) + 9] ^= 1
    with pytest.raises(Refusal) as stop:
        desk.as_chip().read()
    assert stop.value.code == "card_damaged"


@pytest.mark.parametrize("image", [b"", bytes(SIZE), b"\xff" * SIZE])
def test_what_is_no_statement_is_foreign(image: bytes) -> None:
    assert not LAYOUT.recognises(image)
    assert not LAYOUT.is_blank(image)
    with pytest.raises(Refusal):
        LAYOUT.plan_load(image, CREDIT)


@pytest.mark.parametrize("told", [b"\xff", b"[1,2]"])
def test_a_statement_that_cannot_be_read_is_none(told: bytes) -> None:
    image = ChipDesk().as_chip().read()
    spoilt = image[: DIGESTS.stop] + told.ljust(SIZE - DIGESTS.stop, b"\x00")
    assert facts_in(spoilt, LAYOUT.code) is None


def test_of_another_purse_it_is_none() -> None:
    assert facts_in(ChipDesk().as_chip().read(), "other") is None


def test_a_log_that_shows_no_load_tells_no_credit() -> None:
    """Nothing is sold to such a card: it could not say whose load it shows."""
    desk = ChipDesk()
    desk.powered()
    desk.chip.stand(KIND, balance=50, online=LOADS)
    for _ in range(10):
        desk.chip.spend(KIND, 1, at=AT)
    assert LAYOUT.decode(desk.as_chip().read()).credit is None


@pytest.mark.parametrize("purpose", Purpose)
def test_every_purpose_is_a_type_of_card(purpose: Purpose) -> None:
    facts = facts_in(ChipDesk().as_chip().read(), LAYOUT.code)
    assert facts is not None
    image = image_of(replace(facts, purpose=int(purpose)), LAYOUT.code)
    kinds = {"OPENING": CardType.OPENING, "BUYING": CardType.USER, "REISSUE": CardType.REISSUE}
    assert LAYOUT.decode(image).identity.card_type is kinds[purpose.name]


def test_times_that_are_none_are_never() -> None:
    facts = facts_in(ChipDesk().as_chip().read(), LAYOUT.code)
    assert facts is not None
    shown = LAYOUT.decode(image_of(replace(facts, written="9" * 10, moment="0" * 14), LAYOUT.code))
    assert shown.credit is not None
    assert shown.returned is not None
    assert (shown.credit.loaded_at, shown.returned.written_at) == (NEVER, NEVER)


def test_what_a_desk_cannot_do_to_a_purse() -> None:
    image = ChipDesk().as_chip().read()
    with pytest.raises(Defect):
        LAYOUT.plan_load(image, replace(CREDIT, quantity=NO_GAS))
    with pytest.raises(Refusal) as stop:
        LAYOUT.plan_clear(image, CREDIT)
    assert stop.value.code == "purse_keeps_money"
    shown = LAYOUT.decode(image)
    assert shown.returned is not None
    with pytest.raises(Refusal) as stop:
        LAYOUT.plan_issue(image, shown.identity, CREDIT, shown.limits, None, shown.returned)
    assert stop.value.code == "card_made_elsewhere"
    with pytest.raises(Refusal) as stop:
        LAYOUT.plan_wipe(image, b"mark")
    assert stop.value.code == "card_not_clearable"
    with pytest.raises(Defect):
        LAYOUT.plan_return(image, shown.returned)
