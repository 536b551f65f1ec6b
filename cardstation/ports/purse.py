"""Purses: money that a CPU card keeps itself, loaded under its own count and with its own proof.

A memory card is written by us, byte by byte; a purse is asked, and moves all at once or not at
all. What decides whether a load happened is the card's *online count*: it goes up by one with each
load and with nothing else. Legal order of calls::

    purse.begin(order, keys) ─► LoadPlan ─► (armed on disk) ─► purse.load(plan, keys) ─► TAC
                                   │                                │ LoadUnanswered, power lost …
                                   └── fresh power-up ─► purse.find_out(plan, keys) ◄─┘
                                        NOT_DONE ─► load again with the same plan

Facts: reference cards 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Protocol

from cardstation.errors import ensure
from cardstation.ports.reader import Link

TERMINAL_BYTES = 6
HIGHEST_FEN = 0xFFFFFFFF


class PurseKind(Enum):
    """Which of the two purses of an application, by its number in commands and in MACs."""

    PASSBOOK = 1
    """ED: loads may want the holder's PIN."""
    PURSE = 2
    """EP: small money, spent without a PIN."""


@dataclass(frozen=True, slots=True)
class LoadOrder:
    """What shall be loaded; every MAC of a load is made over these.

    Attributes:
        terminal: Six bytes, the number of the desk's secure module.
        at: Wall time of the desk; the card has no clock and believes it.
    """

    kind: PurseKind
    fen: int
    terminal: bytes
    at: datetime

    def __post_init__(self) -> None:
        ensure(0 < self.fen <= HIGHEST_FEN, "a load is one fen to four bytes of fen")
        ensure(len(self.terminal) == TERMINAL_BYTES, "a terminal number has six bytes")

    @property
    def moment(self) -> bytes:
        """Date and time as the card keeps them: YYYYMMDDhhmmss in seven bytes of BCD."""
        return bytes.fromhex(self.at.strftime("%Y%m%d%H%M%S"))


@dataclass(frozen=True, slots=True)
class PurseStand:
    """Where a purse stands.

    Attributes:
        sequence: The online count: loads so far. Spending does not move it.
    """

    balance_fen: int
    sequence: int


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """One load of one card, bound to the count it may happen at; kept before the card is asked.

    Attributes:
        card: Application serial number, ten bytes.
        before: Where the purse stood, proven by the card.
    """

    card: bytes
    order: LoadOrder
    before: PurseStand


@dataclass(frozen=True, slots=True)
class LoadOpening:
    """A card's answer to INITIALIZE FOR LOAD; `mac1` proves all but the two numbers of its key."""

    stand: PurseStand
    key_version: int
    algorithm: int
    challenge: bytes
    mac1: bytes


class LoadTruth(StrEnum):
    """What a purse proves about a plan."""

    DONE = "done"
    """This load, by amount, terminal and second, stands in the purse."""
    NOT_DONE = "not_done"
    """The count has not moved: the same plan may be loaded."""
    OTHER = "other"
    """The count moved on with another load: this one did not and never will happen."""
    UNPROVEN = "unproven"
    """The count moved on and nothing on the card says whose load that was."""


@dataclass(frozen=True, slots=True)
class LoadFinding:
    """What was found about a plan.

    Attributes:
        tac: The card's transaction code for the load, four bytes; empty unless the card gave it.
            The centre can check it long after.
    """

    truth: LoadTruth
    stand: PurseStand
    tac: bytes = b""


class PurseKeys(Protocol):
    """Who holds the keys of purses: a secure module, a security box, or this program.

    `card` is the application serial number; whoever holds the masters derives the card's keys
    from it. No key leaves, and none is in an error.
    """

    @property
    def terminal(self) -> bytes:
        """The six bytes that name this holder of keys in every load."""

    def accept(self, card: bytes, order: LoadOrder, opening: LoadOpening) -> bytes:
        """Check MAC1 and answer with MAC2, four bytes.

        Raises:
            CardNotGenuine: MAC1 is wrong. Mishap: code `psam_silent`.
        """

    def tac_fits(self, plan: LoadPlan, tac: bytes) -> bool | None:
        """Whether a TAC is this card's for this load; None = this holder cannot say."""

    def authentication(self, card: bytes, challenge: bytes) -> bytes:
        """The eight bytes that answer a card's challenge (EXTERNAL AUTHENTICATE)."""

    def protected(
        self, card: bytes, challenge: bytes, head: bytes, data: bytes, *, encrypted: bool
    ) -> bytes:
        """What goes after Lc of a command under secure messaging: data, or its cipher, and MAC.

        Args:
            card: Application serial number.
            challenge: Four bytes, just asked of the card.
            head: CLA INS P1 P2, with the bit of secure messaging set.
            data: In clear.
            encrypted: The file wants its data encrypted, too.
        """


class PurseCard(Protocol):
    """One powered card with its purse application selected.

    Attributes:
        card: Application serial number, ten bytes: who this card is.
    """

    card: bytes

    def balance(self, kind: PurseKind) -> int:
        """The balance in fen, as the card says it without proof."""

    def begin(self, order: LoadOrder, keys: PurseKeys) -> LoadPlan:
        """Ask where the purse stands and bind an order to it; changes nothing.

        Raises:
            CardNotGenuine. PurseRefused. Refusal: `purse_locked`. LinkFailed.
        """

    def load(self, plan: LoadPlan, keys: PurseKeys) -> bytes:
        """Load once; returns the TAC. Whatever is raised but `LoadUnanswered`: it did not happen.

        The purse must stand exactly as the plan says; where a meter took money in between, a plan
        of the same order at the same count is made anew.

        Raises:
            LoadUnanswered: the card was asked and its answer is lost: only `find_out` knows.
            Refusal: `purse_moved`, `purse_other_card`, `purse_locked`; nothing was asked or done.
            CardNotGenuine, PurseRefused, LinkFailed: the card did nothing.
        """

    def find_out(self, plan: LoadPlan, keys: PurseKeys) -> LoadFinding:
        """What became of a plan; changes nothing, may be asked at any time.

        Raises:
            Refusal: `purse_other_card`. CardNotGenuine. LinkFailed: nothing is known yet.
        """


class PurseDriver(Protocol):
    """A kind of purse card the station can drive."""

    name: str
    title: str

    def recognises(self, atr: bytes) -> bool:
        """True when this answer to reset may be of such a card."""

    def attach(self, link: Link) -> PurseCard:
        """Take a fresh link, select the application and read who the card is.

        Raises:
            Refusal: `foreign_card`, `purse_locked`. LinkFailed.
        """
