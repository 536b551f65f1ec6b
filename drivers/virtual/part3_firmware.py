"""The storage-card commands inside a contactless reader (PC/SC part 3; reference cards 2.4)."""

from __future__ import annotations

from drivers.chips import mifare_rules as rules
from drivers.virtual.apdu import (
    FAILED,
    NOT_SUPPORTED,
    OK,
    UNKNOWN_CLA,
    UNKNOWN_INS,
    WRONG_LENGTH,
    WRONG_PARAMETERS,
    Apdu,
)
from drivers.virtual.mifare1k import UID, VirtualMifare1k

NO_SUCH_STRUCTURE = b"\x69\x86"
KEYS = {0x60: "A", 0x61: "B"}


class Part3Firmware:
    """Answers APDUs for one card in the field; keys live in the reader while it is powered.

    Args:
        structures: Key structures it knows, each with how many places it has.
        refusal: What it says to any other structure.
        values: It has the value commands of ACS.
    """

    def __init__(
        self,
        chip: VirtualMifare1k,
        structures: dict[int, int],
        *,
        refusal: bytes = FAILED,
        values: bool = True,
    ) -> None:
        self._chip = chip
        self._structures = structures
        self._refusal = refusal
        self._values = values
        self._keys: dict[int, bytes] = {}

    def answer(self, apdu: Apdu) -> bytes:
        """Do one command and return data + SW1 SW2.

        Raises:
            Torn: the card left the field.
        """
        commands = {
            0xCA: self._uid,
            0x82: self._load_key,
            0x86: self._authenticate,
            0xB0: self._read,
            0xD6: self._write,
        }
        if self._values:
            commands |= {0xD7: self._value, 0xB1: self._read_value}
        if apdu.cla != 0xFF:
            return UNKNOWN_CLA
        return commands[apdu.ins](apdu) if apdu.ins in commands else UNKNOWN_INS

    def _uid(self, apdu: Apdu) -> bytes:
        return UID + OK if apdu.p1 == 0 else NOT_SUPPORTED

    def _load_key(self, apdu: Apdu) -> bytes:
        if apdu.p1 not in self._structures:
            return self._refusal
        if len(apdu.data) != rules.KEY_BYTES or apdu.p2 >= self._structures[apdu.p1]:
            return FAILED
        self._keys[apdu.p2] = apdu.data
        return OK

    def _authenticate(self, apdu: Apdu) -> bytes:
        if len(apdu.data) != 5 or apdu.data[:2] != b"\x01\x00":
            return WRONG_LENGTH
        return self._open(*apdu.data[2:])

    def _open(self, block: int, kind: int, place: int) -> bytes:
        if kind not in KEYS or place not in self._keys or block >= 4 * rules.SECTORS:
            return FAILED
        opened = self._chip.authenticate(block, KEYS[kind], self._keys[place])
        return OK if opened else FAILED

    def _read(self, apdu: Apdu) -> bytes:
        if apdu.le not in (0x10, 0x20, 0x30):
            return WRONG_LENGTH
        parts = []
        for block in range(apdu.p2, apdu.p2 + apdu.le // rules.BLOCK):
            data = self._chip.read(block)
            if data is None:
                return FAILED
            parts.append(data)
        return b"".join(parts) + OK

    def _write(self, apdu: Apdu) -> bytes:
        if len(apdu.data) != rules.BLOCK:
            return WRONG_LENGTH
        return OK if self._chip.write(apdu.p2, apdu.data) else FAILED

    def _value(self, apdu: Apdu) -> bytes:
        """Store, add, take, or copy; the reader transfers at once."""
        if len(apdu.data) == 2 and apdu.data[0] == 0x03:
            copied = self._chip.change_value(apdu.p2, 0) and self._chip.transfer(apdu.data[1])
            return OK if copied else FAILED
        if len(apdu.data) != 5 or apdu.data[0] > 0x02:
            return WRONG_PARAMETERS
        number = int.from_bytes(apdu.data[1:], signed=True)
        if apdu.data[0] == 0x00:
            done = self._chip.write(apdu.p2, rules.value_block(number, apdu.p2))
        else:
            by = number if apdu.data[0] == 0x01 else -number
            done = self._chip.change_value(apdu.p2, by) and self._chip.transfer(apdu.p2)
        return OK if done else FAILED

    def _read_value(self, apdu: Apdu) -> bytes:
        data = self._chip.read(apdu.p2)
        value = None if data is None else rules.value_in(data)
        return FAILED if value is None else value.to_bytes(4, signed=True) + OK
