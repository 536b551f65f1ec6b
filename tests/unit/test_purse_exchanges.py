"""Byte by byte what goes to a purse card and what its answers mean, with the public vectors."""

from __future__ import annotations

from datetime import datetime

import pytest

from cardstation.errors import (
    CardStationError,
    CodeLocked,
    CodeRefused,
    LinkFailed,
    LoadUnanswered,
    PurseRefused,
    Refusal,
    WriteNotTaken,
)
from cardstation.ports.purse import LoadOrder, LoadPlan, LoadTruth, PurseKind, PurseStand
from drivers.keys import pboc
from drivers.keys.purse_keys import PurseMasters, SoftwarePurseKeys
from drivers.keys.secret import Secret
from drivers.purses import PURSES, gas_files
from drivers.purses.apdus import Apdus, first_protocol
from drivers.purses.pboc import PbocDriver, PbocPurse, PurseProfile
from tests.kit.scripted import ScriptedLink

SERIAL = "00990000001234567890"
TERMINAL = bytes.fromhex("000000000001")
READ_SERIAL = ("00B0950A0A", SERIAL + "9000")
ATTACH = [
    ("00A40000023F00", "9000"),
    ("00A4000002DF01", "6106"),
    READ_SERIAL,
    READ_SERIAL,
]
OPEN = [
    ("805000020B0100001388000000000001", "6110"),
    ("00C0000010", "00000BB8000701 00A1B2C3D49C1AD318 9000".replace(" ", "")),
]
CREDIT = "805200000B20260115093005" + "00F7B9BC"
ORDER = LoadOrder(PurseKind.PURSE, 0x1388, TERMINAL, datetime.fromisoformat("2026-01-15 09:30:05"))
PLAN = LoadPlan(bytes.fromhex(SERIAL), ORDER, PurseStand(0xBB8, 7))
DTK = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
MK = Secret(bytes.fromhex("404142434445464748494A4B4C4D4E4F"))
KEYS = SoftwarePurseKeys(PurseMasters(MK, MK, MK, DTK), TERMINAL)


class CpuLink(ScriptedLink):
    """Scripted, with the answer to reset of a card of ours."""

    atr = bytes.fromhex("3B6C000213028638184356071E102B23")


def attached(*exchanges: tuple[str, str]) -> tuple[PbocPurse, CpuLink]:
    link = CpuLink(*ATTACH, *exchanges)
    purse = PURSES[0].attach(link)
    assert isinstance(purse, PbocPurse)
    return purse, link


def test_a_load_byte_by_byte() -> None:
    purse, link = attached(*OPEN, (CREDIT, "6104"), ("00C0000004", "D0FBEC0E9000"))
    assert purse.load(PLAN, KEYS).hex() == "d0fbec0e"
    assert not link.left


def test_a_plan_byte_by_byte() -> None:
    purse, link = attached(*OPEN)
    assert purse.begin(ORDER, KEYS) == PLAN
    assert not link.left


def test_finding_out_byte_by_byte() -> None:
    """Online count one higher, proof asked under the new count, twice: no MAC covers it."""
    order = pboc.mac1_text(0x1F40, ORDER)
    card_key = pboc.diversified(MK, bytes.fromhex("0000001234567890"))
    session = pboc.load_session_key(card_key, bytes.fromhex("01020304"), 8)
    mac1 = pboc.mac(session, order)[:4].hex()
    proof = [("805A0002020008", "6108"), ("00C0000008", "00F7B9BCD0FBEC0E9000")]
    purse, link = attached(
        (OPEN[0][0], "6110"), ("00C0000010", f"00001F400008010001020304{mac1}9000"), *proof, *proof
    )
    finding = purse.find_out(PLAN, KEYS)
    assert (finding.truth, finding.tac.hex()) == (LoadTruth.DONE, "d0fbec0e")
    assert finding.stand == PurseStand(0x1F40, 8)
    assert not link.left


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("9302", "load_mac_refused"),
        ("9303", "purse_locked"),
        ("9402", "purse_count_full"),
        ("6982", "card_not_opened"),
        ("6985", "purse_refused"),
        ("6D00", "purse_refused"),
    ],
)
def test_words_by_which_a_card_says_that_it_did_nothing(answer: str, code: str) -> None:
    purse, _ = attached(*OPEN, (CREDIT, answer))
    with pytest.raises((PurseRefused, Refusal)) as stop:
        purse.load(PLAN, KEYS)
    assert stop.value.code == code
    assert stop.value.values["status"] == answer


@pytest.mark.parametrize("answer", ["6300", "6F00", "6581", "6200", "6283", "9000", "0000"])
def test_words_that_leave_it_open(answer: str) -> None:
    """Readers say some of them, a failing memory others; 90 00 without a TAC is no answer."""
    purse, _ = attached(*OPEN, (CREDIT, answer))
    with pytest.raises(LoadUnanswered):
        purse.load(PLAN, KEYS)


@pytest.mark.parametrize("answer", ["6D00", "6985", "6700", "9302", "6F00", "D0FB9000"])
def test_once_the_card_began_to_answer_no_word_says_that_it_did_nothing(answer: str) -> None:
    purse, _ = attached(*OPEN, (CREDIT, "6104"), ("00C0000004", answer))
    with pytest.raises(LoadUnanswered):
        purse.load(PLAN, KEYS)


def test_a_tac_that_does_not_fit_is_no_answer_either() -> None:
    purse, _ = attached(*OPEN, (CREDIT, "6104"), ("00C0000004", "D0FBEC0F9000"))
    with pytest.raises(LoadUnanswered):
        purse.load(PLAN, KEYS)


def test_a_load_is_never_sent_twice_whatever_length_the_card_wants() -> None:
    purse, link = attached(*OPEN, (CREDIT, "6C04"))
    with pytest.raises(LoadUnanswered):
        purse.load(PLAN, KEYS)
    assert not link.left


def test_a_length_is_asked_again_where_nothing_is_sent_along() -> None:
    purse, link = attached(
        ("805C000204", "6C04"),
        ("805C000204", "000000059000"),
        *[
            ("805A0002020008", "6109"),
            ("00C0000009", "6C08"),
            ("00C0000008", "00F7B9BCD0FBEC0E9000"),
        ]
        * 2,
    )
    assert purse.balance(PurseKind.PURSE) == 5
    assert purse.proof(PurseKind.PURSE, 8).hex() == "d0fbec0e"
    assert not link.left


def test_an_endless_answer_ends() -> None:
    again = ("00C0000001", "006101")
    link = CpuLink(("00120000", "6101"), *[again] * 9)
    link.left[0] = (bytes.fromhex("0012000000"), bytes.fromhex("6101"))
    with pytest.raises(LinkFailed):
        Apdus(link).ask(bytes.fromhex("00120000"))


def test_a_proof_may_be_gone() -> None:
    purse, _ = attached(*[("805A0002020008", "9406")] * 2)
    assert purse.proof(PurseKind.PURSE, 8) == b""


@pytest.mark.parametrize("answer", ["0000059000", "00000000059000"])
def test_an_answer_of_another_length_is_none(answer: str) -> None:
    purse, _ = attached(("805C000204", answer))
    with pytest.raises(LinkFailed):
        purse.balance(PurseKind.PURSE)


def test_a_serial_number_that_reads_otherwise_the_second_time_is_none() -> None:
    other = ("00B0950A0A", "01" + SERIAL[2:] + "9000")
    with pytest.raises(LinkFailed):
        PURSES[0].attach(CpuLink(*ATTACH[:-1], other))


def test_an_external_authentication_byte_by_byte() -> None:
    class Vector(SoftwarePurseKeys):
        def authentication(self, _card: bytes, challenge: bytes) -> bytes:
            return pboc.external_cryptogram(Secret(b"\x39" * 16), challenge)

    keys = Vector(PurseMasters(MK, MK, MK), TERMINAL)
    draw = ("0084000008", "9B361B26CB9FA8C89000")
    take = "0082000108" + "97F557D8EDE97F95"
    for answer, raised in {"63C2": CodeRefused, "63C0": CodeLocked, "6983": CodeLocked}.items():
        purse, _ = attached(draw, (take, answer))
        with pytest.raises(raised):
            purse.authenticate(keys)
    for answer, other in {"6300": LinkFailed, "6984": PurseRefused}.items():
        purse, _ = attached(draw, (take, answer))
        with pytest.raises(other):
            purse.authenticate(keys)
    purse, link = attached(draw, (take, "9000"))
    purse.authenticate(keys)
    assert not link.left


@pytest.mark.parametrize(("encrypted", "sent"), [(False, "08 11223344 204F23F2"), (True, "")])
def test_secure_messaging_byte_by_byte(encrypted: bool, sent: str) -> None:
    line = Secret(bytes.fromhex("36" * 15 + "37"))

    class Vector(SoftwarePurseKeys):
        def protected(
            self, _card: bytes, challenge: bytes, head: bytes, data: bytes, *, encrypted: bool
        ) -> bytes:
            said = pboc.line_cipher(line, data) if encrypted else data
            return said + pboc.line_mac(line, challenge, head, said)

    keys = Vector(PurseMasters(MK, MK, MK), TERMINAL)
    file = gas_files.CardFile(0x01, 4, encrypted=encrypted)
    sent = sent.replace(" ", "") or "0C" + "50F217428DE02F8F" + "DCC4C548"
    exchanges = [("0084000004", "9B361B269000"), ("04D68100" + sent, "9000")]
    purse, link = attached(*exchanges, ("00B0810004", "112233449000"))
    purse.write_file(file, 0, bytes.fromhex("11223344"), keys)
    assert not link.left
    purse, _ = attached(*exchanges, ("00B0810004", "112233459000"))
    with pytest.raises(WriteNotTaken):
        purse.write_file(file, 0, bytes.fromhex("11223344"), keys)
    for answer, code in {"6988": "line_mac_refused", "6581": "write_not_taken"}.items():
        purse, _ = attached(exchanges[0], (exchanges[1][0], answer))
        with pytest.raises(CardStationError) as stop:
            purse.write_file(file, 0, bytes.fromhex("11223344"), keys)
        assert stop.value.code == code


def test_a_card_whose_application_has_a_name() -> None:
    name = "A0000000038698" + "0701"
    profile = PurseProfile("named", "named", bytes.fromhex(name), (b"\x3b",), load_key=3)
    link = CpuLink(
        ("00A4040009" + name, "9000"),
        READ_SERIAL,
        READ_SERIAL,
        ("805000020B0300001388000000000001", "9403"),
    )
    purse = PbocDriver(profile).attach(link)
    with pytest.raises(PurseRefused) as stop:
        purse.begin(ORDER, KEYS)
    assert stop.value.code == "purse_key_missing"


@pytest.mark.parametrize(
    ("atr", "protocol"),
    [
        ("3B6C000213028638184356071E102B23", 0),
        ("3BEC00020113028638184356071E102B234C", 1),
        ("3B8180018080", 1),
        ("3B8180008080", 0),
        ("3B8F8001804F0CA000000306030001000000006A", 1),
        ("3BF09600008131", 1),
        ("3BE0", 0),
        ("3B", 0),
        ("", 0),
    ],
)
def test_the_first_protocol_an_answer_to_reset_offers(atr: str, protocol: int) -> None:
    assert first_protocol(bytes.fromhex(atr)) == protocol


def test_the_frame_of_the_trades_files() -> None:
    """Lengths, sum and tail as the published protocol has them for files 81 and 85."""
    content = gas_files.framed(bytes(range(39)))
    assert len(content) == gas_files.PARAMETERS.size
    assert (content[:4].hex(), content[-1]) == ("68010027", 0x16)
    assert content[0x2B] == sum(content[1:0x2B]) & 0xFF
    assert gas_files.unframed(content) == bytes(range(39))
    returned = gas_files.framed(bytes(43), 0x11)
    assert len(returned) == gas_files.RETURNED.size
    assert gas_files.unframed(returned + b"\xff" * 3) == bytes(43)


@pytest.mark.parametrize("place", [0, 2, 3, 4, 20, 0x2B, 0x2C])
def test_a_spoilt_frame_is_damage(place: int) -> None:
    content = bytearray(gas_files.framed(bytes(range(39))))
    content[place] ^= 0x01
    with pytest.raises(Refusal) as stop:
        gas_files.unframed(bytes(content))
    assert stop.value.code == "card_damaged"


@pytest.mark.parametrize("content", [b"", b"\x68", bytes(45), b"\xff" * 45])
def test_an_empty_file_is_no_frame(content: bytes) -> None:
    with pytest.raises(Refusal):
        gas_files.unframed(content)
