"""Every vector of the reference (cards 3.3) through the arithmetic of purses."""

from __future__ import annotations

from datetime import datetime

import pytest

from cardstation.errors import Defect
from cardstation.ports.purse import LoadOrder, PurseKind
from drivers.keys import pboc
from drivers.keys.secret import Secret


def key(text: str) -> Secret:
    return Secret(bytes.fromhex(text))


def order(kind: PurseKind, fen: int, terminal: str, at: str = "2026-01-15 09:30:05") -> LoadOrder:
    return LoadOrder(kind, fen, bytes.fromhex(terminal), datetime.fromisoformat(at))


def test_vector_a_a_load_of_the_passbook() -> None:
    card_key = key("11223344556677888877665544332211")
    session = pboc.load_session_key(card_key, bytes.fromhex("11223344"), 0)
    assert session == key("9B1D924E05595603")
    load = order(PurseKind.PASSBOOK, 0x1000, "001122334455", "2011-12-21 21:48:22")
    assert pboc.mac(session, pboc.mac1_text(0, load)).hex() == "2988ae5a165cf0c0"
    assert pboc.mac(session, pboc.mac2_text(load))[:4].hex() == "3a845bf0"
    tac_key = pboc.tac_key(key("0123456789ABCDEFFEDCBA9876543210"))
    assert tac_key == key("FFFFFFFFFFFFFFFF")
    assert pboc.mac(tac_key, pboc.tac_text(0x1000, 0, load))[:4].hex() == "1c9afd82"


def test_vector_b_a_load_of_the_purse() -> None:
    session = pboc.load_session_key(key("3F01" * 8), bytes.fromhex("F9CABA91"), 0)
    assert session == key("03015BEA347EA231")
    load = order(PurseKind.PURSE, 0x1234, "000000000001")
    assert pboc.mac(session, pboc.mac1_text(0, load))[:4].hex() == "6c394d64"


def test_vector_c_the_whole_chain_from_the_master() -> None:
    factor = bytes.fromhex("0000001234567890")
    card_key = pboc.diversified(key("404142434445464748494A4B4C4D4E4F"), factor)
    assert card_key == key("8FE0A05E675C2FC276A470AB7454C4FE")
    session = pboc.load_session_key(card_key, bytes.fromhex("A1B2C3D4"), 7)
    assert session == key("1A29D448F5DBA8BA")
    load = order(PurseKind.PURSE, 0x1388, "000000000001")
    assert pboc.mac(session, pboc.mac1_text(0xBB8, load))[:4].hex() == "9c1ad318"
    assert pboc.mac(session, pboc.mac2_text(load))[:4].hex() == "00f7b9bc"
    internal = pboc.diversified(key("0123456789ABCDEFFEDCBA9876543210"), factor)
    assert internal == key("B1BBD9632B497EB9E4300628206E4911")
    assert pboc.tac_key(internal) == key("558BDF4B0B2737A8")
    tac = pboc.mac(pboc.tac_key(internal), pboc.tac_text(0x1F40, 7, load))
    assert tac[:4].hex() == "d0fbec0e"


def test_vector_d_external_authentication() -> None:
    challenge = bytes.fromhex("9B361B26CB9FA8C8")
    cryptogram = pboc.external_cryptogram(key("39" * 16), challenge)
    assert cryptogram.hex() == "97f557d8ede97f95"


def test_a_challenge_of_four_bytes_is_filled_with_zeros() -> None:
    four = pboc.external_cryptogram(key("39" * 16), bytes.fromhex("9B361B26"))
    assert four == pboc.external_cryptogram(key("39" * 16), bytes.fromhex("9B361B2600000000"))


def test_vector_e_secure_messaging() -> None:
    line, challenge = key("36" * 15 + "37"), bytes.fromhex("9B361B26")
    head, data = bytes.fromhex("04D68100"), bytes.fromhex("11223344")
    assert pboc.line_mac(line, challenge, head, data).hex() == "204f23f2"
    cipher = pboc.line_cipher(line, data)
    assert cipher.hex() == "50f217428de02f8f"
    assert pboc.line_mac(line, challenge, head, cipher).hex() == "dcc4c548"


def test_a_full_block_is_encrypted_without_filling() -> None:
    assert pboc.line_text(b"1234567") == b"\x071234567"
    assert pboc.line_text(b"12345678") == b"\x0812345678\x80" + bytes(6)


def test_levels_go_one_under_the_other() -> None:
    master, area, own = key("40" * 16), b"\x00" * 7 + b"\x01", bytes(range(8))
    both = pboc.diversified(master, area, own)
    assert both == pboc.diversified(pboc.diversified(master, area), own)
    assert both != pboc.diversified(master, own)


def test_the_purchase_key_takes_the_two_low_bytes_of_the_terminal_count() -> None:
    card_key, challenge = key("3F01" * 8), bytes.fromhex("F9CABA91")
    session = pboc.purchase_session_key(card_key, challenge, 3, 0x00010005)
    assert session == Secret(pboc.encrypt(card_key, challenge + bytes.fromhex("00030005")))


@pytest.mark.parametrize("size", [8, 16])
def test_decrypting_gives_back(size: int) -> None:
    own = Secret(bytes(range(size)))
    assert pboc.decrypt(own, pboc.encrypt(own, b"sixteen bytes ok")) == b"sixteen bytes ok"


def test_a_key_of_another_length_is_a_defect_that_does_not_tell_it() -> None:
    with pytest.raises(Defect) as stop:
        pboc.encrypt(Secret(b"seven b"), bytes(8))
    assert "seven" not in str(stop.value)
    with pytest.raises(Defect):
        pboc.encrypt(key("00" * 8), bytes(7))
    with pytest.raises(Defect):
        pboc.diversified(key("00" * 16), bytes(7))
    with pytest.raises(Defect):
        pboc.line_mac(key("00" * 16), bytes(8), bytes(4), b"")
