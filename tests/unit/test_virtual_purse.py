"""The virtual purse card does what the reference says, and is stricter where it is silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.card import Span
from cardstation.errors import CardMute, Defect
from cardstation.ports.purse import PurseKind, PurseStand
from drivers.keys import pboc
from drivers.keys.purse_keys import PurseMasters, training_masters
from drivers.purses import gas_files
from drivers.virtual import Firmware, VirtualCard, VirtualReader
from drivers.virtual.cpu_cells import BEARS, LOCKED
from drivers.virtual.psam import VirtualPsam
from drivers.virtual.purse_card import VirtualPurseCard
from tests.kit.purses import AT, PURSE, PurseDesk, order, software

MASTERS = training_masters()
SELECT = "00A4000002DF01"
PASSBOOK_TYPE, PURSE_TYPE = 1, 2


def initialize(fen: int = 5000, kind: int = PURSE_TYPE, key: int = 1) -> str:
    return f"805000{kind:02X}0B{key:02X}{fen:08X}000000000001"


def credit(fen: int, told: bytes, card: bytes) -> str:
    """The right answer to what INITIALIZE told."""
    key = MASTERS.of(MASTERS.load, card)
    session = pboc.load_session_key(key, told[8:12], int.from_bytes(told[4:6]))
    mac1 = pboc.mac(session, pboc.mac1_text(int.from_bytes(told[:4]), order(fen)))[:4]
    assert told[12:16] == mac1
    mac2 = pboc.mac(session, pboc.mac2_text(order(fen)))[:4]
    return "805200000B" + (order(fen).moment + mac2).hex()


class Host:
    """Sends APDUs in hex to a powered card and gets the answers in hex."""

    def __init__(self, chip: VirtualPurseCard | None = None) -> None:
        self.chip = chip or VirtualPurseCard()
        self.firmware = Firmware(VirtualCard(self.chip))
        self.again()

    def again(self) -> None:
        self.firmware.power_up()
        assert self.says(SELECT) == "6106"

    def says(self, command: str) -> str:
        return self.firmware.answer(bytes.fromhex(command)).hex().upper()

    def opened(self, fen: int = 5000) -> bytes:
        assert self.says(initialize(fen)) == "6110"
        return bytes.fromhex(self.says("00C0000010"))

    def load(self, fen: int = 5000) -> str:
        assert self.says(credit(fen, self.opened(fen), self.chip.serial)) == "6104"
        return self.says("00C0000004")[:8]

    @property
    def stand(self) -> PurseStand:
        cells = self.chip.state.of_kind(PURSE)
        return PurseStand(cells.balance, cells.online)


def test_what_comes_back_is_fetched_and_lost_with_the_next_command() -> None:
    host = Host()
    assert host.says("00C0000006") == "6F048402DF019000"
    assert host.says("00C0000008") == "6985"
    assert host.says(initialize()) == "6110"
    assert host.says("805C000204") == "000000009000"
    assert host.says("00C0000010") == "6985"
    assert host.says(initialize()) == "6110"
    assert host.says("00C0000020") == "6C10"
    assert host.says("00C00000") == "6700"
    assert host.says("00C0000004") == "6985"


def test_an_answer_may_be_fetched_in_parts() -> None:
    host = Host()
    assert host.says("00C0000003") == "6F04846103"
    assert host.says("00C0000003") == "02DF019000"
    host.again()
    assert host.says("00C0000000") == "6F048402DF019000"


def test_a_wrong_length_is_told_the_right_one() -> None:
    host = Host()
    assert host.says("805C000200") == "6C04"
    assert host.says("00B0950000") == "6C1E"
    assert host.says("00B0951C10") == "6C02"
    assert host.says("00B0951E01") == "6B00"
    assert host.says("0084000003") == "6700"


def test_by_t1_data_come_with_the_answer() -> None:
    chip = VirtualPurseCard(by_t1=True)
    host = Firmware(VirtualCard(chip))
    host.power_up()
    assert host.answer(bytes.fromhex(SELECT + "00")).hex() == "6f048402df019000"
    assert len(host.answer(bytes.fromhex(initialize() + "10"))) == 18
    assert host.answer(bytes.fromhex("00C0000010")).hex() == "6d00"


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("FFB0000010", "6E00"),
        ("0012000000", "6D00"),
        ("00A4000002DF02", "6A82"),
        ("00A4040007A0000003869807", "6A82"),
        ("00B0900001", "6A82"),
        ("00B201C400", "6A83"),
        ("00B2011400", "6A82"),
        ("805C000304", "6A86"),
        (initialize(kind=3), "6A86"),
        (initialize(key=9), "9403"),
        (initialize(fen=0), "6985"),
        ("80500002050100000001", "6700"),
        ("805200000B" + "00" * 11, "6985"),
        ("805A0002020001", "9406"),
        ("805A0009020001", "9406"),
        ("00820001080102030405060708", "6984"),
        ("00D6810001FF", "6982"),
        ("04D68100051122334455", "6982"),
    ],
)
def test_what_it_refuses(command: str, answer: str) -> None:
    assert Host().says(command) == answer


def test_nothing_but_select_works_before_the_application() -> None:
    host = Host()
    host.firmware.power_up()
    for command in ("805C000204", initialize(), "0084000004", "00B0950000"):
        assert host.says(command) == "6985"
    assert host.says("00A40000023F00") == "6106"
    assert host.says("805C000204") == "6985"


def test_a_load_moves_balance_count_proof_and_log_together() -> None:
    host = Host()
    host.chip.stand(PURSE, balance=1200, online=7)
    tac = host.load()
    assert host.stand == PurseStand(6200, 8)
    assert host.says("805A0002020008") == "6108"
    assert host.says("00C0000008")[8:16] == tac
    assert host.says("805A0002020007") == "9406"
    assert host.says("805A0001020008") == "9406"
    record = bytes.fromhex(host.says("00B201C417"))
    wanted = order()
    told = gas_files.LogRecord.of(record[:-2])
    assert (told.sequence, told.fen, told.is_load) == (7, wanted.fen, True)
    assert (told.terminal, told.moment) == (wanted.terminal, wanted.moment)


def test_both_purses_are_kept_apart() -> None:
    host = Host()
    host.chip.stand(PurseKind.PASSBOOK, balance=9, online=3)
    host.load(100)
    passbook = host.chip.state.of_kind(PurseKind.PASSBOOK)
    assert (passbook.balance, passbook.online) == (9, 3)
    assert host.says("805C000104") == "000000099000"
    assert host.says("805C000204") == "000000649000"


@pytest.mark.parametrize("between", ["805C000204", SELECT, "power"])
def test_an_opened_load_is_forgotten_with_the_next_command(between: str) -> None:
    host = Host()
    told = credit(5000, host.opened(), host.chip.serial)
    if between == "power":
        host.again()
    else:
        host.says(between)
    assert host.says(told) == "6985"
    assert host.stand == PurseStand(0, 0)


def test_an_answer_of_before_is_not_taken_again() -> None:
    host = Host()
    told = credit(5000, host.opened(), host.chip.serial)
    host.opened()
    assert host.says(told) == "9302"
    host.again()
    first = credit(5000, host.opened(), host.chip.serial)
    assert host.says(first) == "6104"
    assert host.says(first) == "6985"
    assert host.stand.sequence == 1


def test_a_moment_that_is_none_is_refused() -> None:
    host = Host()
    host.opened()
    assert host.says("805200000B" + "20261399000000" + "00000000") == "6A80"


def test_wrong_macs_in_a_row_lock_the_application_for_ever() -> None:
    host = Host()
    wrong = "805200000B" + order().moment.hex() + "00000000"
    for _ in range(BEARS - 1):
        host.opened()
        assert host.says(wrong) == "9302"
    host.opened()
    assert host.says("8052000004" + "00000000") == "6700"
    host.load()
    for _ in range(BEARS - 1):
        host.opened()
        assert host.says(wrong) == "9302"
    host.opened()
    assert host.says(wrong) == "9303"
    assert host.says("805C000204") == "9303"
    host.firmware.power_up()
    assert host.says(SELECT) == "9303"
    assert host.chip.state.life == LOCKED
    assert host.stand == PurseStand(5000, 1)


def test_wrong_line_macs_are_counted_with_them() -> None:
    host = Host()
    desk = PurseDesk(chip=host.chip)
    for answer in ["6988"] * (BEARS - 1) + ["9303"]:
        host.again()
        challenge = bytes.fromhex(host.says("0084000008")[:16])
        proof = software().authentication(host.chip.serial, challenge)
        assert host.says("0082000108" + proof.hex()) == "9000"
        host.says("0084000004")
        assert host.says("04D68100051122334455") == answer
    assert desk.chip.content(gas_files.PARAMETERS) == bytes(gas_files.PARAMETERS.size)


def test_a_challenge_serves_once_and_only_at_once() -> None:
    host = Host()
    challenge = bytes.fromhex(host.says("0084000008")[:16])
    proof = "0082000108" + software().authentication(host.chip.serial, challenge).hex()
    host.says("805C000204")
    assert host.says(proof) == "6984"
    host.says("0084000008")
    assert host.says(proof) == "63C2"
    assert host.says(proof) == "6984"


def test_wrong_keys_lock_the_key() -> None:
    host = Host()
    for answer in ("63C2", "63C1", "63C0", "6983"):
        host.says("0084000008")
        assert host.says("00820001080000000000000000") == answer
    challenge = bytes.fromhex(host.says("0084000008")[:16])
    proof = software().authentication(host.chip.serial, challenge)
    assert host.says("0082000108" + proof.hex()) == "6983"


def test_an_update_needs_its_file_its_challenge_and_its_room() -> None:
    host = Host()
    keys = software()
    challenge = bytes.fromhex(host.says("0084000008")[:16])
    host.says("0082000108" + keys.authentication(host.chip.serial, challenge).hex())

    def update(p1: int, at: int, data: bytes, *, encrypted: bool = False) -> str:
        drawn = bytes.fromhex(host.says("0084000004")[:8])
        head = bytes([0x04, 0xD6, p1, at])
        sent = keys.protected(host.chip.serial, drawn, head, data, encrypted=encrypted)
        return host.says((head + bytes([len(sent)]) + sent).hex())

    assert update(0x00, 0, b"1") == "6A82"
    assert update(0x82, 0, b"1") == "6A82"
    assert update(0x81, 44, b"12") == "6B00"
    assert update(0x96, 0, b"1") == "6B00"
    assert update(0x96, 0, b"Li", encrypted=True) == "9000"
    assert host.chip.content(gas_files.HOLDER)[:2] == b"Li"
    assert update(0x81, 43, b"12") == "9000"
    assert host.says("00B0002B02") == "31329000"
    assert host.says("04D68100051122334455") == "6984"
    host.says("0084000008")
    assert host.says("04D68100051122334455") == "6984"


def test_a_pin_may_be_wanted_for_loads() -> None:
    host = Host(VirtualPurseCard(pin=b"\x12\x34\x56"))
    assert host.says(initialize()) == "6982"
    assert host.says("0020000003654321") == "63C2"
    assert host.says("0020000003123456") == "9000"
    assert host.says(initialize()) == "6110"
    assert host.chip.state.tries == (BEARS, BEARS)
    host.again()
    assert host.says(initialize()) == "6982"


def test_a_full_count_and_a_full_purse_take_no_load() -> None:
    host = Host()
    host.chip.stand(PURSE, balance=0, online=0xFFFF)
    assert host.says(initialize()) == "9402"
    host.chip.stand(PURSE, balance=0xFFFFFFFF - 10, online=0)
    assert host.says(initialize(11)) == "6985"
    assert host.says(initialize(10)) == "6110"


@pytest.mark.parametrize(("for_ever", "answer"), [(False, "6A81"), (True, "9303")])
def test_a_blocked_application_is_not_selected(for_ever: bool, answer: str) -> None:
    host = Host()
    host.chip.block(for_ever=for_ever)
    host.firmware.power_up()
    assert host.says("00A40000023F00") == "6106"
    assert host.says(SELECT) == answer


def test_a_meter_takes_money_and_leaves_the_online_count() -> None:
    host = Host()
    host.load()
    host.chip.spend(PURSE, 4000, at=AT)
    assert host.stand == PurseStand(1000, 1)
    assert not gas_files.LogRecord.of(bytes.fromhex(host.says("00B201C417"))[:-2]).is_load
    assert gas_files.LogRecord.of(bytes.fromhex(host.says("00B202C417"))[:-2]).is_load
    with pytest.raises(Defect):
        host.chip.spend(PURSE, 1001, at=AT)


def test_the_log_keeps_ten() -> None:
    host = Host()
    for fen in range(1, 13):
        host.load(fen)
    kept = [bytes.fromhex(host.says(f"00B2{at:02X}C417"))[:-2] for at in range(1, 11)]
    assert [gas_files.LogRecord.of(one).fen for one in kept] == list(range(12, 2, -1))
    assert host.says("00B20BC417") == "6A83"


def test_the_card_outlives_its_process(tmp_path: Path) -> None:
    host = Host()
    host.load()
    VirtualCard(host.chip).save(tmp_path / "card.json")
    again = VirtualCard.load(tmp_path / "card.json")
    assert isinstance(again.chip, VirtualPurseCard)
    assert again.chip.state == host.chip.state
    assert again.copy().chip.memories == host.chip.memories
    told = Host(again.chip)
    told.load()
    assert told.stand == PurseStand(10000, 2)


def test_backwards_or_in_a_reader_without_power_it_is_mute() -> None:
    reader = VirtualReader("desk")
    reader.insert(VirtualCard(VirtualPurseCard()), mute=True)
    presence = reader.wait_card(0)
    assert presence is not None
    assert presence.atr == b""
    with pytest.raises(CardMute):
        reader.open(presence)
    field = Firmware(VirtualCard(VirtualPurseCard()), "part3")
    assert field.atr == b""


def test_a_host_at_the_pins_writes_files() -> None:
    """A meter's module writes the return file; a cut leaves a page half-way."""
    chip = VirtualPurseCard()
    chip.power_up()
    assert (chip.tries, chip.secret, chip.host_open(b"")) == (1, b"", True)
    at = chip.place(gas_files.RETURNED)
    chip.host_write([Span(at, b"\x68\x11")])
    chip.host_close(b"")
    assert chip.content(gas_files.RETURNED)[:2] == b"\x68\x11"
    assert chip.wear[at] == 1


def test_an_issuer_without_the_internal_key_cannot_make_tacs() -> None:
    masters = PurseMasters(MASTERS.load, MASTERS.external, MASTERS.line)
    host = Host(VirtualPurseCard(masters=masters))
    told = credit(5000, host.opened(), host.chip.serial)
    with pytest.raises(Defect):
        host.says(told)


def test_a_module_refuses_what_it_does_not_hold() -> None:
    firmware = Firmware(VirtualCard(VirtualPsam()))
    firmware.power_up()

    def says(command: str) -> str:
        return firmware.answer(bytes.fromhex(command)).hex().upper()

    assert says("801A270108" + "00" * 8) == "6985"
    assert says(SELECT) == "6106"
    assert says("80FA000008" + "00" * 8) == "6985"
    assert says("801A290108" + "00" * 8) == "9403"
    assert says("801A270107" + "00" * 7) == "6700"
    assert says("801A270109" + "00" * 9) == "6700"
    assert says("801A270108" + "00" * 8) == "9000"
    assert says("80FA000007" + "00" * 7) == "6B00"
    assert says("80FA030008" + "00" * 8) == "6B00"
    assert says("80FA050008" + "00" * 8) == "6B00"
    assert says("00A4000002DF02") == "6A82"
    assert says("0012000000") == "6D00"
    assert says("00B0960006") == "0000000000019000"
    assert says("00B0950006") == "6985"
