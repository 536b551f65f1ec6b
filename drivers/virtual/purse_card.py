"""A CPU gas card with PBOC's purse in memory: loads, proofs and the log, cut at any moment.

A load moves balance, online count, proof and log in one stroke, or not at all; INITIALIZE leaves
nothing behind (reference cards 3.6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from cardstation.errors import ensure, fail
from cardstation.ports.purse import HIGHEST_FEN, LoadOrder, PurseKind
from drivers.keys import pboc
from drivers.keys.secret import Secret
from drivers.purses.gas_content import Returned
from drivers.purses.gas_files import LogRecord
from drivers.virtual.apdu import OK, WRONG_LENGTH, Apdu
from drivers.virtual.gas_card import NOT_NOW, NOT_OPENED, Command, VirtualGasCard

ATR = bytes.fromhex("3B6C000213028638184356071E102B23")
ATR_T1 = bytes.fromhex("3BEC00020113028638184356071E102B234C")
"""The public example (reference cards 1.8), and the same card with T=1."""

WRONG_DATA = b"\x6a\x80"
WRONG_P1P2 = b"\x6a\x86"
WRONG_MAC2 = b"\x93\x02"
COUNT_FULL = b"\x94\x02"
NO_SUCH_KEY = b"\x94\x03"
NO_PROOF = b"\x94\x06"
HIGHEST_COUNT = 0xFFFF
LOAD_KEY = 0x01
LOAD_BYTES = 11
KINDS = {kind.value: kind for kind in PurseKind}
PURCHASE = 0x06
METER = b"METER1"
NO_MOMENT = datetime.min  # noqa: DTZ901  # the moment comes with CREDIT FOR LOAD


@dataclass(frozen=True, slots=True)
class Opening:
    """A load that INITIALIZE opened: forgotten with the power and with the next command."""

    order: LoadOrder
    session: Secret


class VirtualPurseCard(VirtualGasCard):
    """One card; `answer` is all a desk can do, the other methods are a meter's or an issuer's."""

    kind = "epurse"

    @property
    def atr(self) -> bytes:
        """By its protocol."""
        return ATR_T1 if self._by_t1 else ATR

    def stand(self, kind: PurseKind, *, balance: int, online: int = 0) -> None:
        """The issuer sets a purse."""
        cells = replace(self.state.of_kind(kind), balance=balance, online=online)
        self._put(self.state.with_purse(kind, cells))

    def spend(self, kind: PurseKind, fen: int, *, at: datetime) -> None:
        """A meter takes money out of a powered card (its own module proves itself).

        Raises:
            Torn: the power was cut.
        """
        cells = self.state.of_kind(kind)
        ensure(0 < fen <= cells.balance, "a meter takes what is there")
        moment = LoadOrder(kind, fen, METER, at).moment
        record = LogRecord(cells.offline, fen, PURCHASE, METER, moment)
        spent = replace(cells, balance=cells.balance - fen, offline=cells.offline + 1)
        self._commit(self.state.moved(kind, spent, record).to_bytes())

    def lived(self, loads: int, order: LoadOrder, answer: Returned) -> None:
        """So many loads, the last of them this one, and the meter took all of it and said so."""
        ensure(loads > 0, "a card that lived was loaded")
        self.power_up()
        self.stand(order.kind, balance=0, online=loads - 1)
        self._loaded(order, bytes(pboc.MAC_BYTES))
        self.spend(order.kind, order.fen, at=order.at)
        self.write_back(answer)
        self.power_off()

    def _forget(self) -> None:
        super()._forget()
        self._opening: Opening | None = None
        self._answering: Opening | None = None

    def _do(self, apdu: Apdu) -> bytes:
        self._answering, self._opening = self._opening, None
        return super()._do(apdu)

    def _commands(self) -> Mapping[tuple[int, int], Command]:
        return {
            **super()._commands(),
            (0x80, 0x5C): self._balance,
            (0x80, 0x50): self._initialize,
            (0x80, 0x52): self._credit,
            (0x80, 0x5A): self._prove,
        }

    def _balance(self, apdu: Apdu) -> bytes:
        if apdu.p2 not in KINDS:
            return WRONG_P1P2
        return self.state.of_kind(KINDS[apdu.p2]).balance.to_bytes(4) + OK

    def _initialize(self, apdu: Apdu) -> bytes:
        if apdu.p1 != 0x00 or apdu.p2 not in KINDS:
            return WRONG_P1P2
        if len(apdu.data) != LOAD_BYTES:
            return WRONG_LENGTH
        if apdu.data[0] != LOAD_KEY:
            return NO_SUCH_KEY
        if self._pin and not self._holder:
            return NOT_OPENED
        kind, fen = KINDS[apdu.p2], int.from_bytes(apdu.data[1:5])
        cells = self.state.of_kind(kind)
        if cells.online == HIGHEST_COUNT:
            return COUNT_FULL
        if not 0 < fen <= HIGHEST_FEN - cells.balance:
            return NOT_NOW
        order = LoadOrder(kind, fen, apdu.data[5:], NO_MOMENT)
        challenge = self._random(pboc.CHALLENGE_BYTES)
        key = self._key(self._issued.load)
        session = pboc.load_session_key(key, challenge, cells.online)
        self._opening = Opening(order, session)
        mac1 = pboc.mac(session, pboc.mac1_text(cells.balance, order))[: pboc.MAC_BYTES]
        said = cells.balance.to_bytes(4) + cells.online.to_bytes(2) + b"\x01\x00"
        return said + challenge + mac1 + OK

    def _credit(self, apdu: Apdu) -> bytes:
        opening = self._answering
        if opening is None:
            return NOT_NOW
        if len(apdu.data) != LOAD_BYTES:
            return WRONG_LENGTH
        moment, proof = apdu.data[: -pboc.MAC_BYTES], apdu.data[-pboc.MAC_BYTES :]
        try:
            at = datetime.strptime(moment.hex(), "%Y%m%d%H%M%S")  # noqa: DTZ007
        except ValueError:
            return WRONG_DATA
        order = replace(opening.order, at=at)
        mac2 = pboc.mac(opening.session, pboc.mac2_text(order))[: pboc.MAC_BYTES]
        return self._loaded(order, mac2) + OK if mac2 == proof else self._wrong_mac(WRONG_MAC2)

    def _loaded(self, order: LoadOrder, mac2: bytes) -> bytes:
        """Balance, count, proof and log in one stroke; then the answer."""
        internal = self._issued.internal
        if internal is None:
            fail("an issuer has the internal key of its cards")
        cells = self.state.of_kind(order.kind)
        balance, online = cells.balance + order.fen, cells.online + 1
        key = pboc.tac_key(self._key(internal))
        tac = pboc.mac(key, pboc.tac_text(balance, cells.online, order))[: pboc.MAC_BYTES]
        record = LogRecord(cells.online, order.fen, order.kind.value, order.terminal, order.moment)
        loaded = replace(cells, balance=balance, online=online, proven=online, proof=mac2 + tac)
        self._commit(self.state.moved(order.kind, loaded, record).to_bytes())
        return tac

    def _prove(self, apdu: Apdu) -> bytes:
        if apdu.p2 not in KINDS or len(apdu.data) != 2:
            return NO_PROOF
        cells, asked = self.state.of_kind(KINDS[apdu.p2]), int.from_bytes(apdu.data)
        return cells.proof + OK if asked and asked == cells.proven else NO_PROOF
