"""A purse as a chip of the card room: reads facts, writes by having a load done.

So the money path of the station works over a purse as it stands: before-image, plan, target and
verdict are statements of facts (`facts.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from cardstation.domain.card import Span, WritePlan
from cardstation.errors import (
    CardStationError,
    CardSwapped,
    CodeLocked,
    CodeRefused,
    LinkFailed,
    Mishap,
    Refusal,
    WriteNotTaken,
    ensure,
    fail,
)
from cardstation.ports.purse import (
    TERMINAL_BYTES,
    LoadOrder,
    LoadPlan,
    PurseKeys,
    PurseKind,
    PurseStand,
)
from cardstation.ports.reader import Link
from drivers.purses import gas_files
from drivers.purses.clearing import clear_rest, take_head_off
from drivers.purses.facts import DIGESTS, SIZE, PurseFacts, digests_of, facts_in, image_of
from drivers.purses.gas_content import Parameters, Returned, is_cleared
from drivers.purses.gas_files import LogRecord
from drivers.purses.pboc import PbocDriver, PbocPurse

KIND = PurseKind.PURSE
MARK_BYTES = 4
NO_TERMINAL = bytes(TERMINAL_BYTES)
QUESTION = LoadOrder(KIND, 1, NO_TERMINAL, datetime(2000, 1, 1))  # noqa: DTZ001
"""What is only asked, to have the card prove where it stands; never loaded."""

MOVED_ON = ("purse_moved", "purse_other_card")
MOMENT = "%Y%m%d%H%M%S"
NO_MOMENT = "0" * 14
Stopped = TypeVar("Stopped", bound=CardStationError)


class PurseChip:
    """One powered purse card; implements `cardstation.ports.chip.Chip`.

    The terminal number of a load is the mark of its intent and the number of the station: so the
    card's log says whose load it is, and its TAC proves it.

    Its meter takes no load before its last answer was cleared (`clearing.py`). `unlock` tries the
    keys for that and takes the head off it, `write` clears the rest and has the load done. A cut
    in between leaves a card without a reading, whose meter takes nothing and writes anew. What is
    cleared was read in this session.
    """

    size = SIZE
    all_tries = 1
    smears: tuple[range, ...] = ()
    writable: tuple[range, ...] = (range(DIGESTS.start, SIZE),)

    def __init__(self, purse: PbocPurse, keys: PurseKeys, layout: str) -> None:
        self._purse, self._keys, self._layout = purse, keys, layout
        self._answered = True
        self._unlocked = False

    def read(self) -> bytes:
        """What the card says, as an image.

        Raises:
            CardNotGenuine. Refusal: `card_damaged`. Mishap: its keys do not answer. LinkFailed.
        """
        stand = self._purse.begin(QUESTION, self._keys).before
        last = self._purse.last_load(KIND)
        empty = not any(content := self._purse.read_file(gas_files.PARAMETERS))
        whose = None if empty else self._whose(content)
        written = self._purse.read_file(gas_files.RETURNED)
        self._answered, back = not is_cleared(written), self._answer(written)
        record = last or LogRecord(0, 0, 0, NO_TERMINAL, bytes.fromhex(NO_MOMENT))
        facts = PurseFacts(
            card=self._purse.card.hex(),
            count=stand.sequence,
            balance=stand.balance_fen,
            fen=record.fen,
            mark=record.terminal[:MARK_BYTES].hex(),
            station=int.from_bytes(record.terminal[MARK_BYTES:]),
            moment=record.moment.hex(),
            known=last is not None or stand.sequence == 0,
            meter_no=whose.meter_no if whose else "",
            customer_no=whose.customer_no if whose else "",
            purpose=int(whose.purpose) if whose else 0,
            generation=whose.generation if whose else 0,
            residual=back.remaining_fen if back else 0,
            written=back.at if back else "",
            tac=self._purse.proof(KIND, stand.sequence).hex() if stand.sequence else "",
        )
        return image_of(facts, self._layout)

    def tries_left(self) -> int | None:
        """It counts wrong keys and MACs and never says how many; a cleared card is shown none."""
        return None if self._answered else self.all_tries

    def unlock(self, code: bytes, *, last_tries: bool = False) -> None:  # noqa: ARG002
        """Prove the keys that a card counts wrong tries of, where an answer is to be cleared.

        Raises:
            CodeRefused: one of them is wrong; a try is gone. CodeLocked.
            Refusal: nothing was tried: their holder does not answer, or the card wants none.
            LinkFailed, WriteNotTaken: a try may be gone.
        """
        ensure(code == b"", "a purse has no code")
        if self._answered:
            self._take_head_off()
        self._unlocked = True

    def write(self, current: bytes, spans: Sequence[Span]) -> None:
        """Have the load done that leads from `current` to what the spans say, once.

        The card proves again that it stands as in `current`; else nothing is sent.

        Raises:
            CardSwapped: it does not stand so. WriteNotTaken: it reads back differently.
            LinkFailed: `load_unanswered`: unknown; any other code: nothing was loaded.
        """
        ensure(self._unlocked, "a purse is loaded after `unlock`")
        target = WritePlan(current, tuple(spans), ()).target
        if digests_of(target) == digests_of(current):
            return
        before, after = self._facts(current), self._facts(target)
        ensure(after.count == before.count + 1, "a load moves the count by one")
        with _nothing_loaded(self._purse.reader):
            if self._answered:
                clear_rest(self._purse, self._keys)
            self._load(before, after)
        if digests_of(self.read()) != digests_of(target):
            raise WriteNotTaken(reader=self._purse.reader, address="")

    def set_code(self, old: bytes, new: bytes) -> None:  # noqa: ARG002
        """The keys of a CPU card are changed by its issuer only."""
        fail("a purse has no code")

    def _whose(self, content: bytes) -> Parameters:
        return Parameters.of(content)

    def _answer(self, content: bytes) -> Returned | None:
        return Returned.of(content)

    def _take_head_off(self) -> None:
        try:
            take_head_off(self._purse, self._keys)
        except (LinkFailed, CodeRefused, CodeLocked, WriteNotTaken):
            raise
        except Mishap as refused:
            if refused.code == "line_mac_refused":
                raise _as(CodeRefused, refused) from refused
            raise _as(Refusal, refused) from refused

    def _load(self, before: PurseFacts, after: PurseFacts) -> None:
        terminal = bytes.fromhex(after.mark) + after.station.to_bytes(2)
        at = datetime.strptime(after.moment, MOMENT)  # noqa: DTZ007  # the card has no zone
        order = LoadOrder(KIND, after.fen, terminal, at)
        stand = PurseStand(before.balance, before.count)
        self._purse.load(LoadPlan(bytes.fromhex(before.card), order, stand), self._keys)

    def _facts(self, image: bytes) -> PurseFacts:
        return facts_in(image, self._layout) or fail("an image of a purse was read")


@contextmanager
def _nothing_loaded(reader: str) -> Iterator[None]:
    """What stops a load in the errors of a chip; only `load_unanswered` leaves it open."""
    try:
        yield
    except LinkFailed:
        raise
    except Refusal as stop:
        if stop.code in MOVED_ON:
            raise CardSwapped(reader=reader) from stop
        raise
    except Mishap as refused:
        raise _as(LinkFailed, refused) from refused


def _as(kind: type[Stopped], error: Mishap) -> Stopped:
    """The same words, as an error of another kind."""
    stopped = kind(error.code, advice=error.advice)
    stopped.values = error.values
    return stopped


class PurseChipDriver:
    """Implements `cardstation.ports.chip.ChipDriver` for one purse, with who holds its keys."""

    blank_code = b""
    spoken: Mapping[str, object] = MappingProxyType({})

    def __init__(self, purse: PbocDriver, keys: PurseKeys) -> None:
        self.name, self.title = purse.name, purse.title
        self._purse, self._keys = purse, keys

    def recognises(self, atr: bytes) -> bool:
        """True for an answer to reset of these cards."""
        return self._purse.recognises(atr)

    def attach(self, link: Link) -> PurseChip:
        """Take a fresh link, select the application and read who the card is.

        Raises:
            Refusal: `foreign_card`, `purse_locked`. LinkFailed.
        """
        return PurseChip(self._purse.attach(link), self._keys, self.name)
