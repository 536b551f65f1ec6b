"""What sits between a PC and a virtual card: a reader's firmware, at the level of APDUs.

Used by the in-process link and by the plug into vpcd alike.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from cardstation.errors import ensure
from drivers.virtual.acs_firmware import AcsFirmware
from drivers.virtual.apdu import CONFUSED, FAILED, NOT_SUPPORTED, WRONG_LENGTH, Apdu
from drivers.virtual.card import VirtualCard
from drivers.virtual.chip import VirtualSle4442
from drivers.virtual.iso7816 import VirtualCpuCard
from drivers.virtual.memory import VirtualChip
from drivers.virtual.mifare1k import VirtualMifare1k
from drivers.virtual.noise import NoAnswer, Noise, NoiseKind, flip_bit
from drivers.virtual.omnikey_firmware import OmnikeyFirmware
from drivers.virtual.part3_firmware import NO_SUCH_STRUCTURE, Part3Firmware
from drivers.virtual.tear import Torn
from drivers.virtual.true_time import TrueTime

STATUS_BYTES = 2


class Speech(Protocol):
    """The commands one family of readers understands."""

    def answer(self, apdu: Apdu) -> bytes:
        """Data + SW1 SW2."""


class CpuCardsOnly:
    """A reader that powers the card but has no memory-card commands."""

    def answer(self, _apdu: Apdu) -> bytes:
        """Not supported, always."""
        return NOT_SUPPORTED


def _omnikey(chip: VirtualChip) -> Speech:
    return OmnikeyFirmware(chip) if isinstance(chip, VirtualSle4442) else CpuCardsOnly()


ACS_FIELD = {0x00: 2}
"""ACR122: two volatile places."""
ACS_LASTING = {0x20: 0x20}
"""ACR1252: 32 lasting ones."""


def _in_field(structures: dict[int, int], **more: Any) -> Callable[[VirtualChip], Speech]:
    def speech(chip: VirtualChip) -> Speech:
        if not isinstance(chip, VirtualMifare1k):
            return CpuCardsOnly()
        return Part3Firmware(chip, structures, **more)

    return speech


SPEECHES: dict[str, Callable[[VirtualChip], Speech]] = {
    "acs": AcsFirmware,
    "acs-old": lambda chip: AcsFirmware(chip, old=True),
    "omnikey": _omnikey,
    "part3": _in_field(ACS_FIELD),
    "acr1252": _in_field(ACS_LASTING),
    "omnikey-cl": _in_field({0x20: 0x20}, refusal=NO_SUCH_STRUCTURE, values=False),
    "cpu-only": lambda _chip: CpuCardsOnly(),
    "none": lambda _chip: CpuCardsOnly(),
}


def _speech(dialect: str, chip: VirtualChip) -> Speech:
    """A card with a CPU speaks for itself; every contact reader only passes on."""
    return chip if isinstance(chip, VirtualCpuCard) else SPEECHES[dialect](chip)


CONTACTLESS = frozenset({"part3", "acr1252", "omnikey-cl"})
"""Firmware of readers with a field instead of contacts; other cards do not answer there."""


class Firmware:
    """One insertion of one card in a reader of one kind.

    Args:
        dialect: `acs`, `acs-old`, `omnikey`; with a field `part3`, `acr1252`, `omnikey-cl`
            (refuses volatile keys, has no value commands); `cpu-only` = answers 6A 81 to memory
            commands; `none` = an incapable reader: the card stays mute (empty ATR; a plug into
            vpcd must not send that, it hangs pcscd for ever: reference cards 4.2).
        mute: The card lies backwards or is dead.
        noise: Faults by number of exchange.

    Attributes:
        exchanges: Exchanges since the insertion.
        exchange_s: Overhead of the reader per exchange, spent through the chip's `sleep`.
        byte_s: Time to clock one byte out of the chip, spent likewise.
        reader_time_s: Sum of both.
        wait: What a hang does; may raise instead of waiting.
        true_time: The chip's `sleep`, where it takes the time of a real one.
    """

    def __init__(
        self,
        card: VirtualCard,
        dialect: str = "acs",
        *,
        mute: bool = False,
        noise: Sequence[Noise] = (),
    ) -> None:
        ensure(dialect in SPEECHES, "a virtual reader speaks one of SPEECHES")
        self.card = card
        self.dialect = dialect
        self.noise = tuple(noise)
        self.exchanges = 0
        self.exchange_s = 0.0
        self.byte_s = 0.0
        self.reader_time_s = 0.0
        self.wait: Callable[[float], object] = threading.Event().wait
        self.true_time: TrueTime | None = None
        self._mute = mute or dialect == "none"
        self._speech = _speech(dialect, card.chip)

    @property
    def atr(self) -> bytes:
        """What a power-up answers; empty when mute."""
        here = self.card.chip.contactless == (self.dialect in CONTACTLESS)
        return b"" if self._mute or not here else self.card.chip.atr

    def power_up(self) -> bytes:
        """Power the card anew and return its ATR; code and selection are lost."""
        self._begin()
        with self.card.chip.contacts:
            self._speech = _speech(self.dialect, self.card.chip)
            self.card.chip.power_up()
        return self.atr

    def power_down(self) -> None:
        """Take the power away; tears a command that runs in another thread."""
        self.card.chip.power_off()

    def answer(self, command: bytes) -> bytes:
        """Do one command APDU; at least two bytes come back.

        Raises:
            Torn: the card lost its power, before or during the command.
            NoAnswer: noise swallowed the answer.
        """
        self._begin()
        number, self.exchanges = self.exchanges, self.exchanges + 1
        self._spend(self.exchange_s)
        noise = next((each for each in self.noise if each.exchange == number), None)
        answer = self._do(command) if noise is None else self._noisy(command, noise)
        self._spend(self.byte_s * max(0, len(answer) - STATUS_BYTES))
        return answer

    def _do(self, command: bytes) -> bytes:
        apdu = Apdu.parse(command)
        with self.card.chip.contacts:
            if not self.card.chip.powered:
                raise Torn
            return WRONG_LENGTH if apdu is None else self._speech.answer(apdu)

    def _noisy(self, command: bytes, noise: Noise) -> bytes:
        if noise.kind is NoiseKind.HANG:
            self.wait(noise.hang_s)
        answer = self._do(command) if noise.acted else FAILED
        match noise.kind:
            case NoiseKind.FLIPPED_BIT:
                return flip_bit(answer, noise.seed)
            case NoiseKind.FAILED_6300:
                return FAILED
            case NoiseKind.FAILED_6F00:
                return CONFUSED
            case NoiseKind.NO_ANSWER:
                raise NoAnswer
            case NoiseKind.HANG:
                return answer

    def _begin(self) -> None:
        if self.true_time is not None:
            self.true_time.begin()

    def _spend(self, seconds: float) -> None:
        self.reader_time_s += seconds
        if seconds and self.card.chip.sleep is not None:
            self.card.chip.sleep(seconds)
