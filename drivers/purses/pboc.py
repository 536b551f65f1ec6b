"""A PBOC purse on a CPU card, as the desk uses it: look, begin, load, find out; files; keys.

Every exchange is of one of two kinds. All but CREDIT FOR LOAD and UPDATE BINARY change nothing,
may be cut anywhere and asked again. CREDIT FOR LOAD moves the whole load at once, inside the card;
when its answer is lost, only the card's online count says whether it did (reference cards 3.6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from cardstation.domain.meter import MeterKind
from cardstation.errors import (
    LinkFailed,
    LoadUnanswered,
    Refusal,
    WriteNotTaken,
    ensure,
)
from cardstation.ports.purse import (
    LoadFinding,
    LoadOpening,
    LoadOrder,
    LoadPlan,
    LoadTruth,
    PurseKeys,
    PurseKind,
    PurseStand,
)
from cardstation.ports.reader import Link
from drivers.purses import gas_files
from drivers.purses.answers import (
    DEFINITE,
    NO_FILE,
    NO_PROOF,
    NO_RECORD,
    data_of,
    failure,
    key_failure,
)
from drivers.purses.apdus import Answer, Apdus
from drivers.purses.gas_files import CardFile, LogRecord
from drivers.purses.judging import judge

T = TypeVar("T")

MASTER_FILE = bytes.fromhex("3F00")
OPENING_BYTES = 16
PROOF_BYTES = 8
TAC_BYTES = 4
MOST_AT_ONCE = 0xC0
"""Bytes of a file that go in one command, with room for a MAC and for filling."""


@dataclass(frozen=True, slots=True)
class PurseProfile:
    """What differs from one issuer's cards to another's.

    Attributes:
        application: File number of the application below the master file, or its name.
        load_key: Index of the load key. opening_key: Number of the key that opens files.
        atr_heads: How the answers to reset of these cards begin.
    """

    name: str
    title: str
    application: bytes
    atr_heads: tuple[bytes, ...]
    load_key: int = 0x01
    opening_key: int = 0x01

    @property
    def by_name(self) -> bool:
        """The application is selected by a name, not by a file number."""
        return len(self.application) > len(MASTER_FILE)


class PbocPurse:
    """One powered card; implements `cardstation.ports.purse.PurseCard`."""

    def __init__(self, link: Link, profile: PurseProfile) -> None:
        self.reader = link.reader
        self._profile = profile
        self._apdus = Apdus(link)
        self._select()
        self.card = self._steady(self._serial)

    def balance(self, kind: PurseKind) -> int:
        """The balance in fen; no MAC covers it, so nothing is decided by it."""
        answer = self._apdus.ask(bytes([0x80, 0x5C, 0x00, kind.value]), expect=4)
        return int.from_bytes(data_of(answer, self.reader, 4))

    def begin(self, order: LoadOrder, keys: PurseKeys) -> LoadPlan:
        """Bind an order to where the purse stands now; INITIALIZE FOR LOAD changes nothing.

        Raises:
            CardNotGenuine: MAC1 is wrong. PurseRefused. Refusal: `purse_locked`. LinkFailed.
        """
        opening = self._open(order)
        keys.accept(self.card, order, opening)
        return LoadPlan(self.card, order, opening.stand)

    def load(self, plan: LoadPlan, keys: PurseKeys) -> bytes:
        """Load once, if the purse stands as planned; returns the TAC.

        Raises:
            LoadUnanswered: CREDIT FOR LOAD was sent and its answer is lost.
            Refusal: `purse_other_card`, `purse_moved`, `purse_locked`. CardNotGenuine.
            PurseRefused, LinkFailed: the card did nothing.
        """
        self._ensure_same_card(plan)
        opening = self._open(plan.order)
        mac2 = keys.accept(self.card, plan.order, opening)
        if opening.stand != plan.before:
            raise Refusal(
                "purse_moved", expected=plan.before.sequence, found=opening.stand.sequence
            )
        tac = self._credit(plan.order, mac2)
        if keys.tac_fits(plan, tac) is False:
            raise LoadUnanswered(reader=self.reader)
        return tac

    def find_out(self, plan: LoadPlan, keys: PurseKeys) -> LoadFinding:
        """What became of a plan, by the card's own count, its proof and its log.

        Raises:
            Refusal: `purse_other_card`, `purse_locked`. CardNotGenuine. LinkFailed.
        """
        self._ensure_same_card(plan)
        opening = self._open(plan.order)
        keys.accept(self.card, plan.order, opening)
        return self._judged(plan, opening.stand, keys)

    def proof(self, kind: PurseKind, sequence: int) -> bytes:
        """The TAC of the load that brought the online count to `sequence`; empty: none kept.

        Of the MAC that comes before it the sources say nothing certain; it is not used.

        Raises:
            LinkFailed: read twice, it reads differently.
        """
        return self._steady(lambda: self._proof(kind, sequence))

    def log(self) -> tuple[LogRecord, ...]:
        """The card's own record of its last transactions, newest first; empty: it keeps none."""
        return tuple(self._records())

    def last_load(self, kind: PurseKind) -> LogRecord | None:
        """The newest load of a purse in the card's log, read twice; None: it shows none.

        Raises:
            LinkFailed: the two readings differ.
        """
        return self._steady(
            lambda: next((one for one in self._records() if one.kind == kind.value), None)
        )

    def read_file(self, file: CardFile) -> bytes:
        """The whole content of a transparent file; no MAC covers it, so it is read twice.

        Raises:
            LinkFailed: the two readings differ.
        """
        return self._steady(lambda: self._read(file))

    def _read(self, file: CardFile) -> bytes:
        parts = []
        for at in range(0, file.size, MOST_AT_ONCE):
            length = min(MOST_AT_ONCE, file.size - at)
            answer = self._apdus.ask(bytes([0x00, 0xB0, file.p1, at]), expect=length)
            parts.append(data_of(answer, self.reader, length))
        return b"".join(parts)

    def write_file(self, file: CardFile, at: int, data: bytes, keys: PurseKeys) -> None:
        """Update part of a file under secure messaging, and read it back.

        A cut may leave any byte of it old, new or neither: write the same again.

        Raises:
            PurseRefused: `line_mac_refused`, `card_not_opened`. WriteNotTaken. LinkFailed.
        """
        ensure(at >= 0 and at + len(data) <= file.size, "inside the file")
        for start in range(0, len(data), MOST_AT_ONCE):
            part = data[start : start + MOST_AT_ONCE]
            head = bytes([0x04, 0xD6, file.p1, at + start])
            challenge = self._challenge(4)
            sent = keys.protected(self.card, challenge, head, part, encrypted=file.encrypted)
            data_of(self._apdus.ask(head, sent), self.reader)
        for place, value in enumerate(self._read(file)[at : at + len(data)]):
            if value != data[place]:
                raise WriteNotTaken(reader=self.reader, address=f"{at + place:02X}")

    def authenticate(self, keys: PurseKeys) -> None:
        """Prove to the card that we may write its files (EXTERNAL AUTHENTICATE), once.

        Raises:
            CodeRefused: wrong key; a try is gone. CodeLocked. LinkFailed: a try may be gone.
        """
        answered = keys.authentication(self.card, self._challenge(8))
        head = bytes([0x00, 0x82, 0x00, self._profile.opening_key])
        self._ensure_taken(self._apdus.ask(head, answered))

    def verify(self, pin: bytes, number: int = 0x00) -> None:
        """Present the holder's PIN once, where loads want one; BCD, two to eight bytes.

        Raises:
            CodeRefused: wrong. CodeLocked. LinkFailed: a try may be gone.
        """
        ensure(2 <= len(pin) <= 8, "a PIN has two to eight bytes")
        self._ensure_taken(self._apdus.ask(bytes([0x00, 0x20, 0x00, number]), pin))

    def _select(self) -> None:
        if not self._profile.by_name:
            whole = self._apdus.ask(bytes.fromhex("00A40000"), MASTER_FILE, gather=False)
            data_of(whole, self.reader)
        head = bytes([0x00, 0xA4, 0x04 if self._profile.by_name else 0x00, 0x00])
        answer = self._apdus.ask(head, self._profile.application, gather=False)
        if answer.status == NO_FILE:
            raise Refusal("foreign_card")
        data_of(answer, self.reader)

    def _open(self, order: LoadOrder) -> LoadOpening:
        head = bytes([0x80, 0x50, 0x00, order.kind.value])
        asked = bytes([self._profile.load_key]) + order.fen.to_bytes(4) + order.terminal
        answer = self._apdus.ask(head, asked, expect=OPENING_BYTES)
        told = data_of(answer, self.reader, OPENING_BYTES)
        return LoadOpening(
            stand=PurseStand(int.from_bytes(told[:4]), int.from_bytes(told[4:6])),
            key_version=told[6],
            algorithm=told[7],
            challenge=told[8:12],
            mac1=told[12:],
        )

    def _credit(self, order: LoadOrder, mac2: bytes) -> bytes:
        head = bytes([0x80, 0x52, 0x00, 0x00])
        try:
            answer = self._apdus.ask(head, order.moment + mac2, expect=TAC_BYTES)
        except LinkFailed as lost:
            raise LoadUnanswered(reader=self.reader) from lost
        if answer.status in DEFINITE:
            raise failure(answer.status, self.reader)
        if not answer.good or len(answer.data) != TAC_BYTES:
            raise LoadUnanswered(reader=self.reader, status=f"{answer.status:04X}")
        return answer.data

    def _proof(self, kind: PurseKind, sequence: int) -> bytes:
        head = bytes([0x80, 0x5A, 0x00, kind.value])
        answer = self._apdus.ask(head, sequence.to_bytes(2), expect=PROOF_BYTES)
        if answer.status == NO_PROOF:
            return b""
        return data_of(answer, self.reader, PROOF_BYTES)[-TAC_BYTES:]

    def _judged(self, plan: LoadPlan, stand: PurseStand, keys: PurseKeys) -> LoadFinding:
        if stand.sequence <= plan.before.sequence:
            unmoved = stand.sequence == plan.before.sequence
            fits = unmoved and stand.balance_fen <= plan.before.balance_fen
            return LoadFinding(LoadTruth.NOT_DONE if fits else LoadTruth.UNPROVEN, stand)
        ours = plan.before.sequence + 1
        tac = self.proof(plan.order.kind, ours)
        if tac and keys.tac_fits(plan, tac):
            return LoadFinding(LoadTruth.DONE, stand, tac)
        truth = judge(plan, stand, self._steady(self.log))
        return LoadFinding(truth, stand, tac if truth is LoadTruth.DONE else b"")

    def _records(self) -> Iterator[LogRecord]:
        for number in range(1, gas_files.LOG_RECORDS + 1):
            head = bytes([0x00, 0xB2, number, gas_files.LOG_NUMBER << 3 | 4])
            answer = self._apdus.ask(head, expect=gas_files.LOG_BYTES)
            if answer.status in (NO_RECORD, NO_FILE):
                return
            yield LogRecord.of(data_of(answer, self.reader, gas_files.LOG_BYTES))

    def _serial(self) -> bytes:
        place = gas_files.SERIAL_AT
        length = place.stop - place.start
        head = bytes([0x00, 0xB0, gas_files.BASIC.p1, place.start])
        return data_of(self._apdus.ask(head, expect=length), self.reader, length)

    def _steady(self, read: Callable[[], T]) -> T:
        """What no MAC covers may be misread; the same twice is not."""
        first = read()
        if read() != first:
            raise LinkFailed(reader=self.reader)
        return first

    def _challenge(self, length: int) -> bytes:
        answer = self._apdus.ask(bytes.fromhex("00840000"), expect=length)
        return data_of(answer, self.reader, length)

    def _ensure_taken(self, answer: Answer) -> None:
        if not answer.good:
            raise key_failure(answer.status, self.reader)

    def _ensure_same_card(self, plan: LoadPlan) -> None:
        if plan.card != self.card:
            raise Refusal("purse_other_card", expected=plan.card.hex(), found=self.card.hex())


class PbocDriver:
    """Recognises and attaches; implements `cardstation.ports.purse.PurseDriver`.

    Attributes:
        counts: What its purse keeps: money for money meters, gas for volume meters.
    """

    counts = MeterKind.MONEY

    def __init__(self, profile: PurseProfile) -> None:
        self.name = profile.name
        self.title = profile.title
        self._profile = profile

    def recognises(self, atr: bytes) -> bool:
        """True for an answer to reset that begins as this issuer's cards do."""
        return atr.startswith(self._profile.atr_heads)

    def attach(self, link: Link) -> PbocPurse:
        """Take a fresh link, select the application and read who the card is.

        Raises:
            Refusal: `foreign_card`, `purse_locked`. LinkFailed.
        """
        return PbocPurse(link, self._profile)
