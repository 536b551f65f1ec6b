"""Files and keys of a CPU gas card in memory: who may read and write what, line by line.

Facts: reference cards 1.8 and 3.4. What the sources leave open is as strict as it could be: wrong
MACs are counted over loads and files alike, and lock the application at the third.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cardstation.errors import ensure
from drivers.keys import pboc
from drivers.keys.purse_keys import PurseMasters, training_masters
from drivers.keys.secret import Secret
from drivers.purses import gas_files
from drivers.purses.gas_content import CLEARED, Parameters, Returned
from drivers.purses.gas_files import CardFile
from drivers.virtual import iso7816
from drivers.virtual.apdu import OK, UNKNOWN_CLA, UNKNOWN_INS, WRONG_LENGTH, WRONG_PARAMETERS, Apdu
from drivers.virtual.cpu_cells import BEARS, BLOCKED, KEPT_BYTES, LOCKED, OPEN, Kept, Tried
from drivers.virtual.iso7816 import VirtualCpuCard

SERIAL = bytes.fromhex("00000000000012345678")
MASTER_FILE, APPLICATION = bytes.fromhex("3F00"), bytes.fromhex("DF01")

NOT_OPENED = b"\x69\x82"
KEY_LOCKED = b"\x69\x83"
NO_CHALLENGE = b"\x69\x84"
NOT_NOW = b"\x69\x85"
WRONG_LINE_MAC = b"\x69\x88"
BLOCKED_FOR_NOW = b"\x6a\x81"
NO_FILE = b"\x6a\x82"
NO_RECORD = b"\x6a\x83"
LOCKED_FOR_EVER = b"\x93\x03"
SELECT, UPDATE, AUTHENTICATE = 0xA4, 0xD6, 0x82

Command = Callable[[Apdu], bytes]


class VirtualGasCard(VirtualCpuCard):
    """A card with the trade's files in one application, below the master file.

    Args:
        serial: Application serial number, ten bytes.
        masters: Where the issuer took this card's keys from; the training area's by default.
        pin: The holder's; empty = nothing wants one.
        by_t1: It speaks T=1.
    """

    def __init__(
        self,
        serial: bytes = SERIAL,
        masters: PurseMasters | None = None,
        *,
        pin: bytes = b"",
        by_t1: bool = False,
    ) -> None:
        ensure(len(serial) == len(SERIAL), "an application serial number has ten bytes")
        super().__init__(sum(file.size for file in gas_files.GAS_FILES), KEPT_BYTES, by_t1=by_t1)
        self._issued = masters or training_masters()
        self._pin = pin
        self._forget()
        self._put(Kept())
        at = self.place(gas_files.BASIC)
        self.main[at + gas_files.SERIAL_AT.start : at + gas_files.SERIAL_AT.stop] = serial

    @property
    def serial(self) -> bytes:
        """Who the card is, out of its basic file."""
        return self.content(gas_files.BASIC)[gas_files.SERIAL_AT]

    @property
    def issued_from(self) -> PurseMasters:
        """Where the issuer took its keys from."""
        return self._issued

    @property
    def wants_pin(self) -> bool:
        """Its holder has a PIN, which no meter knows."""
        return bool(self._pin)

    @property
    def state(self) -> Kept:
        """Where everything stands that only moves together, a cut commit settled."""
        whole = self._mark[0] == iso7816.WHOLE
        return Kept.of(bytes(self._beside if whole else self.kept))

    @staticmethod
    def place(file: CardFile) -> int:
        """Where a file begins in main memory."""
        before = gas_files.GAS_FILES[: gas_files.GAS_FILES.index(file)]
        return sum(each.size for each in before)

    def content(self, file: CardFile) -> bytes:
        """What stands in a file."""
        at = self.place(file)
        return bytes(self.main[at : at + file.size])

    def issue(self, parameters: Parameters) -> None:
        """The issuer says whose card it is; the return file is empty then."""
        for file, content in (
            (gas_files.PARAMETERS, parameters.to_bytes()),
            (gas_files.RETURNED, CLEARED),
        ):
            self.main[self.place(file) : self.place(file) + file.size] = content

    def write_back(self, returned: Returned) -> None:
        """A meter says that it took the card (its own module proves itself).

        Raises:
            Torn: the power was cut.
        """
        self._update(self.place(gas_files.RETURNED), returned.to_bytes())

    def block(self, *, for_ever: bool = False) -> None:
        """The issuer blocks the application."""
        kept = self.state
        life = LOCKED if for_ever else BLOCKED
        self._put(Kept(kept.purses, life, kept.wrong_macs, kept.tries, kept.log))

    def _put(self, kept: Kept) -> None:
        self.kept[:] = kept.to_bytes()
        self._mark[0] = iso7816.SETTLED

    def _forget(self) -> None:
        super()._forget()
        self._deselect()
        self._challenge = b""

    def _deselect(self) -> None:
        self._selected = self._opened = self._holder = False
        self._current: CardFile | None = None

    def _key(self, master: Secret) -> Secret:
        return self._issued.of(master, self.serial)

    def _commands(self) -> Mapping[tuple[int, int], Command]:
        return {
            (0x00, 0x84): self._draw,
            (0x00, 0xB0): self._read,
            (0x00, 0xB2): self._record,
            (0x00, AUTHENTICATE): self._authenticate,
            (0x00, 0x20): self._verify,
            (0x04, UPDATE): self._update_line,
            (0x00, UPDATE): lambda _apdu: NOT_OPENED,
        }

    def _do(self, apdu: Apdu) -> bytes:
        challenge, self._challenge = self._challenge, b""
        if apdu.ins == SELECT:
            return self._select(apdu)
        commands = self._commands()
        if (apdu.cla, apdu.ins) not in commands:
            known = apdu.cla in {cla for cla, _ in commands}
            return UNKNOWN_INS if known else UNKNOWN_CLA
        if not self._selected:
            return NOT_NOW
        if self.state.life == LOCKED:
            return LOCKED_FOR_EVER
        if apdu.ins in {AUTHENTICATE, UPDATE}:
            self._challenge = challenge
        return commands[apdu.cla, apdu.ins](apdu)

    def _select(self, apdu: Apdu) -> bytes:
        self._deselect()
        if apdu.p1 != 0x00 or apdu.data not in (MASTER_FILE, APPLICATION):
            return NO_FILE
        if apdu.data == APPLICATION and self.state.life != OPEN:
            return LOCKED_FOR_EVER if self.state.life == LOCKED else BLOCKED_FOR_NOW
        self._selected = apdu.data == APPLICATION
        return b"\x6f\x04\x84\x02" + apdu.data + OK

    def _draw(self, apdu: Apdu) -> bytes:
        if apdu.le not in {4, 8}:
            return WRONG_LENGTH
        self._challenge = self._random(apdu.le)
        return self._challenge + OK

    def _file(self, apdu: Apdu) -> tuple[CardFile | None, int]:
        if not apdu.p1 & gas_files.BY_SHORT_NUMBER:
            return self._current, apdu.address
        number = apdu.p1 & 0x1F
        named = [file for file in gas_files.GAS_FILES if file.number == number]
        self._current = named[0] if named else None
        return self._current, apdu.p2

    def _read(self, apdu: Apdu) -> bytes:
        file, at = self._file(apdu)
        if file is None:
            return NO_FILE
        if at >= file.size:
            return WRONG_PARAMETERS
        return self.content(file)[at:][: apdu.le or None] + OK

    def _record(self, apdu: Apdu) -> bytes:
        if apdu.p2 != gas_files.LOG_NUMBER << 3 | 4:
            return NO_FILE
        at = (apdu.p1 - 1) * gas_files.LOG_BYTES
        record = self.state.log[max(0, at) : at + gas_files.LOG_BYTES]
        return record + OK if apdu.p1 and any(record) else NO_RECORD

    def _authenticate(self, apdu: Apdu) -> bytes:
        challenge, self._challenge = self._challenge, b""
        if not challenge:
            return NO_CHALLENGE
        wanted = pboc.external_cryptogram(self._key(self._issued.external), challenge)
        said = self._tried(Tried.KEY, apdu.data == wanted)
        self._opened = said == OK
        return said

    def _verify(self, apdu: Apdu) -> bytes:
        said = self._tried(Tried.PIN, apdu.data == self._pin)
        self._holder = said == OK
        return said

    def _tried(self, what: Tried, right: bool) -> bytes:
        """A try is spent before anything is compared, and given back when it was right."""
        left = self.state.tries[what.value]
        if left == 0:
            return KEY_LOCKED
        self._commit(self.state.with_tries(what, left - 1).to_bytes())
        if not right:
            return bytes([0x63, 0xC0 | left - 1])
        self._commit(self.state.with_tries(what, BEARS).to_bytes())
        return OK

    def _update_line(self, apdu: Apdu) -> bytes:
        challenge, self._challenge = self._challenge, b""
        file, at = self._file(apdu)
        if file is None:
            return NO_FILE
        if not self._may_update(file):
            return NOT_OPENED
        if len(challenge) != pboc.CHALLENGE_BYTES:
            return NO_CHALLENGE
        sent, proof = apdu.data[: -pboc.MAC_BYTES], apdu.data[-pboc.MAC_BYTES :]
        head, line = bytes([apdu.cla, apdu.ins, apdu.p1, apdu.p2]), self._key(self._issued.line)
        if pboc.line_mac(line, challenge, head, sent) != proof:
            return self._wrong_mac(WRONG_LINE_MAC)
        data = _clear(line, sent) if file.encrypted else sent
        if not data or at + len(data) > file.size:
            return WRONG_PARAMETERS
        self._update(self.place(file) + at, data)
        return OK

    def _may_update(self, file: CardFile) -> bool:
        return self._opened or file.line_only

    def _wrong_mac(self, said: bytes) -> bytes:
        self._commit(self.state.with_wrong_mac().to_bytes())
        return LOCKED_FOR_EVER if self.state.life == LOCKED else said


def _clear(line: Secret, sent: bytes) -> bytes:
    if not sent or len(sent) % pboc.BLOCK:
        return b""
    text = pboc.decrypt(line, sent)
    return text[1 : 1 + text[0]]
