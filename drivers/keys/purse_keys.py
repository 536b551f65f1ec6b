"""Keys of purses in this program: for training, for tests, and for a centre that may hold them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cardstation.errors import CardNotGenuine
from cardstation.ports.purse import LoadOpening, LoadOrder, LoadPlan
from drivers.keys import pboc
from drivers.keys.secret import Secret

FACTOR_BYTES = 8


def card_factor(card: bytes) -> bytes:
    """What tells one card's keys from another's: the right eight bytes of its serial number."""
    return card[-FACTOR_BYTES:]


@dataclass(frozen=True, slots=True)
class PurseMasters:
    """The masters every card's keys come from; sixteen bytes each.

    Attributes:
        internal: Makes TACs; None = held by the centre alone, TACs cannot be checked here.
        levels: Factors of the levels above the card's own (industry, city), uppermost first.
    """

    load: Secret
    external: Secret
    line: Secret
    internal: Secret | None = None
    levels: tuple[bytes, ...] = ()

    def of(self, master: Secret, card: bytes) -> Secret:
        """The key a card has from one of these masters."""
        return pboc.diversified(master, *self.levels, card_factor(card))


def training_masters() -> PurseMasters:
    """Masters anybody can compute: the training area's."""
    return PurseMasters(
        load=_published("load"),
        external=_published("external"),
        line=_published("line"),
        internal=_published("internal"),
    )


def _published(use: str) -> Secret:
    text = f"Published on purpose: training purses only. {use}"
    return Secret(hashlib.sha256(text.encode()).digest()[:16])


class SoftwarePurseKeys:
    """Computes with masters in memory; implements `cardstation.ports.purse.PurseKeys`."""

    __slots__ = ("_masters", "_terminal")

    def __init__(self, masters: PurseMasters, terminal: bytes) -> None:
        self._masters = masters
        self._terminal = terminal

    @property
    def terminal(self) -> bytes:
        """The six bytes this desk has in every load."""
        return self._terminal

    def accept(self, card: bytes, order: LoadOrder, opening: LoadOpening) -> bytes:
        """Check MAC1 and answer with MAC2.

        Raises:
            CardNotGenuine: MAC1 is wrong.
        """
        key = self._masters.of(self._masters.load, card)
        stand = opening.stand
        session = pboc.load_session_key(key, opening.challenge, stand.sequence)
        wanted = pboc.mac(session, pboc.mac1_text(stand.balance_fen, order))
        if Secret(wanted[: pboc.MAC_BYTES]) != Secret(opening.mac1):
            raise CardNotGenuine(card=card.hex())
        return pboc.mac(session, pboc.mac2_text(order))[: pboc.MAC_BYTES]

    def tac_fits(self, plan: LoadPlan, tac: bytes) -> bool | None:
        """Whether a TAC is this card's for this load; None without the internal key's master."""
        if self._masters.internal is None:
            return None
        key = pboc.tac_key(self._masters.of(self._masters.internal, plan.card))
        balance = plan.before.balance_fen + plan.order.fen
        text = pboc.tac_text(balance, plan.before.sequence, plan.order)
        return Secret(pboc.mac(key, text)[: pboc.MAC_BYTES]) == Secret(tac)

    def authentication(self, card: bytes, challenge: bytes) -> bytes:
        """The answer to a card's challenge."""
        return pboc.external_cryptogram(self._masters.of(self._masters.external, card), challenge)

    def protected(
        self, card: bytes, challenge: bytes, head: bytes, data: bytes, *, encrypted: bool
    ) -> bytes:
        """What goes after Lc of a command under secure messaging."""
        key = self._masters.of(self._masters.line, card)
        sent = pboc.line_cipher(key, data) if encrypted else data
        return sent + pboc.line_mac(key, challenge, head, sent)
