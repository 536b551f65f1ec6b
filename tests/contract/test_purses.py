"""Every registered purse keeps the port's promises, in every contact reader, by T=0 and T=1."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import drivers.purses
from cardstation.errors import (
    CardNotGenuine,
    CodeLocked,
    CodeRefused,
    Defect,
    LinkFailed,
    LoadUnanswered,
    PurseRefused,
    Refusal,
    WriteNotTaken,
)
from cardstation.logs import TRAFFIC
from cardstation.ports.purse import LoadOrder, LoadTruth, PurseKind, PurseStand
from drivers.chips import CHIPS
from drivers.measured_purse import twin_of
from drivers.purses import PURSES, gas_files
from drivers.purses.gas_content import CLEARED, Parameters, Purpose, Returned
from drivers.purses.gas_files import CardFile
from drivers.purses.volume_content import parameters_of, returned_of
from drivers.readers.wrappers import Fault, FaultKind
from drivers.virtual import VIRTUAL_CPU_CARDS, Tear, every_tear, new_chip
from drivers.virtual.cpu_cells import BEARS
from drivers.virtual.psam import TERMINAL
from drivers.virtual.purse_card import VirtualPurseCard
from tests.kit.purses import AT, PURSE, PurseDesk, order, software, stranger_masters
from tests.kit.scripted import ScriptedLink

NOT_DRIVERS = ("pboc", "chip", "layout", "volume_chip", "volume_layout")
CONTACT = ("acs", "acs-old", "omnikey", "cpu-only")
CASES = [
    pytest.param((driver, firmware, by_t1), id=f"{driver.name}-{firmware}-t{int(by_t1)}")
    for driver in PURSES
    for firmware in CONTACT
    for by_t1 in (False, True)
]
every_purse = pytest.mark.parametrize("desk", CASES, indirect=True)
FILES = {
    "epurse": (Parameters.of, Returned.of),
    "epurse-volume": (parameters_of, returned_of),
}
KINDS = pytest.mark.parametrize("kind", PurseKind)


@pytest.fixture
def desk(request: pytest.FixtureRequest) -> PurseDesk:
    driver, firmware, by_t1 = request.param
    return PurseDesk(driver=driver, firmware=firmware, chip=twin_of(driver, by_t1=by_t1))


def opened(desk: PurseDesk) -> PurseDesk:
    desk.powered().authenticate(desk.keys)
    return desk


def test_no_driver_is_forgotten() -> None:
    found = {
        member
        for module in pkgutil.iter_modules(drivers.purses.__path__, "drivers.purses.")
        if module.name.rpartition(".")[2] not in NOT_DRIVERS
        for _, member in inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
        if member.__module__ == module.name and hasattr(member, "recognises")
    }
    assert found == {type(driver) for driver in PURSES}
    assert {driver.name for driver in PURSES} <= VIRTUAL_CPU_CARDS.keys()
    assert all(driver.title.isprintable() for driver in PURSES)


@every_purse
def test_it_recognises_its_answer_to_reset_and_no_memory(desk: PurseDesk) -> None:
    assert desk.driver.recognises(desk.chip.atr)
    for chip in CHIPS:
        assert not desk.driver.recognises(new_chip(chip.name).atr)
        assert not chip.recognises(desk.chip.atr)
    assert not desk.driver.recognises(b"")


@every_purse
def test_it_says_who_it_is(desk: PurseDesk) -> None:
    assert desk.powered().card == desk.chip.serial


@every_purse
@KINDS
def test_looking_changes_nothing(desk: PurseDesk, kind: PurseKind) -> None:
    desk.chip.stand(kind, balance=1234, online=5)
    kept = bytes(desk.chip.kept)
    purse = desk.powered()
    assert purse.balance(kind) == 1234
    plan = purse.begin(order(kind=kind), desk.keys)
    assert plan.before == PurseStand(1234, 5)
    assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.NOT_DONE
    assert bytes(desk.chip.kept) == kept
    assert desk.chip.wear == [0] * len(desk.chip.wear)


@every_purse
@KINDS
def test_a_load_is_done_once(desk: PurseDesk, kind: PurseKind) -> None:
    desk.chip.stand(kind, balance=1000, online=9)
    plan = desk.planned(kind=kind)
    tac = desk.powered().load(plan, desk.keys)
    assert desk.stands(kind) == PurseStand(6000, 10)
    assert software().tac_fits(plan, tac)
    finding = desk.powered().find_out(plan, desk.keys)
    assert (finding.truth, finding.tac) == (LoadTruth.DONE, tac)
    with pytest.raises(Refusal) as stop:
        desk.powered().load(plan, desk.keys)
    assert stop.value.code == "purse_moved"
    assert desk.stands(kind) == PurseStand(6000, 10)


@every_purse
def test_one_plan_after_another(desk: PurseDesk) -> None:
    for number in range(1, 4):
        plan = desk.planned(100)
        desk.powered().load(plan, desk.keys)
        assert desk.stands() == PurseStand(100 * number, number)


@every_purse
def test_a_lost_answer_is_unknown_until_the_card_is_read(desk: PurseDesk) -> None:
    plan = desk.planned()
    before = desk.fault.exchanges
    desk.powered()
    attach = desk.fault.exchanges - before
    fault = desk.fault = Fault(attach + (1 if desk.chip._by_t1 else 2), FaultKind.LOST)
    with pytest.raises(LoadUnanswered):
        desk.powered().load(plan, desk.keys)
    assert fault.exchanges == attach + (2 if desk.chip._by_t1 else 3)
    assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.DONE


@every_purse
def test_a_blocked_card_says_so(desk: PurseDesk) -> None:
    plan = desk.planned()
    for for_ever in (False, True):
        desk.chip.block(for_ever=for_ever)
        with pytest.raises(Refusal) as stop:
            desk.powered()
        assert stop.value.code == "purse_locked"
    assert plan.before == desk.stands()


@every_purse
def test_a_card_with_a_pin_says_so_and_takes_it(desk: PurseDesk) -> None:
    desk.chip._pin = b"\x12\x34\x56"
    with pytest.raises(PurseRefused) as stop:
        desk.planned()
    assert stop.value.code == "card_not_opened"
    purse = desk.powered()
    with pytest.raises(CodeRefused) as refused:
        purse.verify(b"\x65\x43\x21")
    assert refused.value.values["tries_left"] == BEARS - 1
    purse.verify(b"\x12\x34\x56")
    plan = purse.begin(order(), desk.keys)
    purse.load(plan, desk.keys)
    for _ in range(BEARS - 1):
        with pytest.raises(CodeRefused):
            purse.verify(b"\x65\x43\x21")
    for _ in range(2):
        with pytest.raises(CodeLocked):
            purse.verify(b"\x12\x34\x56" if desk.chip.state.tries[1] == 0 else b"\x65\x43\x21")
    with pytest.raises(Defect):
        purse.verify(b"\x12")


@every_purse
def test_a_stranger_gets_nothing_that_could_lock_it(desk: PurseDesk) -> None:
    """MAC1 is checked before any MAC of ours goes out."""
    desk.chip._issued = stranger_masters()
    kept = bytes(desk.chip.kept)
    for _ in range(BEARS + 1):
        with pytest.raises(CardNotGenuine):
            desk.planned()
    assert bytes(desk.chip.kept) == kept


@every_purse
def test_a_refused_load_is_told_and_not_tried_again(desk: PurseDesk) -> None:
    plan = desk.planned()

    class Wrong:
        terminal = TERMINAL

        def accept(self, *_: object) -> bytes:
            return bytes(4)

    for number in range(BEARS):
        exchanges = desk.fault.exchanges
        with pytest.raises((PurseRefused, Refusal)) as stop:
            desk.powered().load(plan, Wrong())  # type: ignore[arg-type]
        last = number == BEARS - 1
        assert stop.value.code == ("purse_locked" if last else "load_mac_refused")
        assert desk.fault.exchanges - exchanges < 12
    assert desk.stands() == plan.before


@every_purse
def test_files_are_read_freely_and_written_after_a_key(desk: PurseDesk) -> None:
    for file in gas_files.GAS_FILES[1:]:
        purse = desk.powered()
        assert purse.read_file(file) == bytes(file.size)
        if not file.line_only:
            with pytest.raises(PurseRefused) as stop:
                purse.write_file(file, 0, b"\x01", desk.keys)
            assert stop.value.code == "card_not_opened"
            purse.authenticate(desk.keys)
        data = bytes((7 * place + file.number) % 256 for place in range(file.size))
        purse.write_file(file, 0, data, desk.keys)
        assert desk.chip.content(file) == data
        purse.write_file(file, 3, b"\xaa\xbb", desk.keys)
        assert purse.read_file(file) == data[:3] + b"\xaa\xbb" + data[5:]
        for at, part in ((-1, b"\x00"), (file.size - 1, b"\x00\x00")):
            with pytest.raises(Defect):
                purse.write_file(file, at, part, desk.keys)


@every_purse
def test_a_card_between_desk_and_meter(desk: PurseDesk) -> None:
    """Sold, with the return file cleared before; taken by the meter; seen at the next visit."""
    whose = Parameters("000012345678", "510100998877", Purpose.BUYING)
    back = Returned("000012345678", "510100998877", remaining_fen=5000, count=1)
    desk.chip.issue(whose)
    whose_of, back_of = FILES[desk.chip.kind]
    purse = desk.powered()
    assert whose_of(purse.read_file(gas_files.PARAMETERS)) == whose
    assert back_of(purse.read_file(gas_files.RETURNED)) is None
    plan = purse.begin(order(), desk.keys)
    purse.load(plan, desk.keys)
    desk.chip.spend(PURSE, 5000, at=AT)
    desk.chip.write_back(back)
    purse = desk.powered()
    assert back_of(purse.read_file(gas_files.RETURNED)) == back
    finding = purse.find_out(plan, desk.keys)
    assert (finding.truth, finding.stand) == (LoadTruth.DONE, PurseStand(0, 1))
    purse.authenticate(desk.keys)
    purse.write_file(gas_files.RETURNED, 0, CLEARED, desk.keys)
    assert back_of(purse.read_file(gas_files.RETURNED)) is None


@every_purse
def test_a_wrong_opening_key_is_counted(desk: PurseDesk) -> None:
    desk.chip._issued = stranger_masters()
    purse = desk.powered()
    for left in range(BEARS - 1, 0, -1):
        with pytest.raises(CodeRefused) as refused:
            purse.authenticate(desk.keys)
        assert refused.value.values["tries_left"] == left
    for _ in range(2):
        with pytest.raises(CodeLocked):
            purse.authenticate(desk.keys)


@every_purse
def test_a_file_torn_at_every_sub_step_is_written_again(desk: PurseDesk) -> None:
    file, data = gas_files.PARAMETERS, gas_files.framed(bytes(range(39)))
    purse = desk.powered()
    purse.authenticate(desk.keys)
    desk.chip.arm(None)
    purse.write_file(file, 0, data, desk.keys)
    steps = desk.chip.steps
    assert steps == 2
    for tear in every_tear(steps, seeds=range(3)):
        desk.chip.main[:] = bytes(len(desk.chip.main))
        desk.chip.main[10:20] = VirtualPurseCard().serial
        purse = desk.powered()
        purse.authenticate(desk.keys)
        desk.chip.arm(tear)
        with pytest.raises(LinkFailed):
            purse.write_file(file, 0, data, desk.keys)
        desk.chip.arm(None)
        purse = desk.powered()
        purse.authenticate(desk.keys)
        purse.write_file(file, 0, data, desk.keys)
        assert desk.chip.content(file) == data


def test_a_write_that_did_not_take_is_noticed() -> None:
    desk = PurseDesk()
    purse = desk.powered()
    purse.authenticate(desk.keys)
    desk.chip._update = lambda *_: None  # type: ignore[method-assign]
    with pytest.raises(WriteNotTaken):
        purse.write_file(gas_files.RETURNED, 0, b"\x01", desk.keys)


def test_a_torn_attempt_at_a_key_costs_a_try_and_the_next_restores_it() -> None:
    desk = PurseDesk()
    purse = desk.powered()
    desk.chip.arm(Tear(4))
    with pytest.raises(LinkFailed):
        purse.authenticate(desk.keys)
    desk.chip.arm(None)
    assert desk.chip.state.tries[0] == BEARS - 1
    desk.powered().authenticate(desk.keys)
    assert desk.chip.state.tries[0] == BEARS


def test_a_card_without_the_application_is_not_ours() -> None:
    link = ScriptedLink(("00A40000023F00", "9000"), ("00A4000002DF01", "6A82"))
    with pytest.raises(Refusal) as stop:
        PURSES[0].attach(link)
    assert stop.value.code == "foreign_card"


@pytest.mark.parametrize(("fen", "terminal"), [(0, TERMINAL), (1 << 32, TERMINAL), (1, b"short")])
def test_an_order_no_card_could_take_is_a_defect(fen: int, terminal: bytes) -> None:
    with pytest.raises(Defect):
        LoadOrder(PURSE, fen, terminal, AT)


@every_purse
def test_no_byte_of_a_key_a_pin_or_a_proof_is_ever_logged(
    desk: PurseDesk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.chip._pin = b"\x92\x34\x56"
    desk.traced = True
    with caplog.at_level(TRAFFIC, "drivers.readers.wrappers"):
        purse = desk.powered()
        purse.verify(desk.chip._pin)
        purse.authenticate(desk.keys)
        plan = purse.begin(order(), desk.keys)
        tac = purse.load(plan, desk.keys)
        purse.write_file(CardFile(0x16, 39, encrypted=True), 0, b"Wang Xiaoming", desk.keys)
        purse.find_out(plan, desk.keys)
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "80 52 00 00 0B ·· ··" in said
    for secret in (desk.chip._pin, tac, b"Wang", order().moment):
        assert secret[:2].hex(" ").upper() not in said.replace("90 00", "")
