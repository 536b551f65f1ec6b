"""Links around links: a trace that cannot show a code, and faults at a chosen exchange."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import StrEnum

from cardstation.errors import CardRemoved, LinkFailed
from cardstation.logs import TRAFFIC
from cardstation.ports.reader import Hidden, Link

log = logging.getLogger(__name__)

SHOWN = frozenset({0xA4, 0xB0, 0xB2, 0xD0, 0xD6, 0x3A})
"""INS bytes whose data may be logged: select, read, write, protection bits. All others are shown
as header and status only, so a command nobody thought of is hidden too, and so is every command
whose chip says that it carries a code (`Hidden`)."""
READ_COUNTER = 0xB1
HEADER = 5


class TracedLink:
    """Logs each exchange in hex at level TRAFFIC; codes are left out by construction."""

    def __init__(self, link: Link) -> None:
        self.reader = link.reader
        self.atr = link.atr
        self.dialect = link.dialect
        self._link = link

    def exchange(self, command: bytes) -> bytes:
        """Pass a command on and log what may be shown.

        Raises:
            LinkFailed: as the link below; its code is logged.
        """
        log.log(TRAFFIC, "%s > %s", self.reader, shown_command(command))
        try:
            answer = self._link.exchange(command)
        except LinkFailed as failure:
            log.log(TRAFFIC, "%s ! %s", self.reader, failure.code)
            raise
        log.log(TRAFFIC, "%s < %s", self.reader, shown_answer(command, answer))
        return answer

    def close(self) -> None:
        """Close the link below."""
        self._link.close()


def shown_command(command: bytes) -> str:
    """A command in hex, its data as dots unless the command is known to carry no code."""
    if _may_show(command):
        return command.hex(" ").upper()
    hidden = max(0, len(command) - HEADER)
    return " ".join([command[:HEADER].hex(" ").upper(), *["··"] * hidden])


def shown_answer(command: bytes, answer: bytes) -> str:
    """An answer in hex, its data as dots unless the command is known to bring no code."""
    if _may_show(command):
        return answer.hex(" ").upper()
    data, status = answer[:-2], answer[-2:]
    counts = command[1:2] == bytes([READ_COUNTER]) and len(data) > 0
    clear = [data[:1].hex().upper()] if counts else []
    return " ".join([*clear, *["··"] * (len(data) - len(clear)), status.hex(" ").upper()])


def _may_show(command: bytes) -> bool:
    if isinstance(command, Hidden):
        return False
    return len(command) >= 4 and command[0] == 0xFF and command[1] in SHOWN


class FaultKind(StrEnum):
    """What happens at the exchange: never sent, done but unanswered, or done and then cut."""

    BEFORE = "before"
    LOST = "lost"
    AFTER = "after"


class Fault:
    """One fault in the life of several links, at the k-th exchange counted over all of them.

    It happens once; later exchanges of later links are left alone. `wrap` goes to whoever opens
    links, e.g. `VirtualReader(wrap=fault.wrap)`.

    Args:
        exchange: Number of the exchange, 0 = the first; None = never, only count.
        failure: Makes the error from the reader's name.
        on_cut: Called at the cut, e.g. `reader.pull`.
    """

    def __init__(
        self,
        exchange: int | None = None,
        kind: FaultKind = FaultKind.BEFORE,
        *,
        failure: Callable[[str], LinkFailed] = lambda reader: CardRemoved(reader=reader),
        on_cut: Callable[[], object] | None = None,
    ) -> None:
        self.exchanges = 0
        self._at = exchange
        self._kind = kind
        self._failure = failure
        self._on_cut = on_cut

    def wrap(self, link: Link) -> FaultyLink:
        """A link that suffers this fault when its turn comes."""
        return FaultyLink(link, self)

    def due(self) -> FaultKind | None:
        """Count one exchange and say what shall happen to it."""
        number, self.exchanges = self.exchanges, self.exchanges + 1
        return self._kind if number == self._at else None

    def cut(self, reader: str) -> LinkFailed:
        """Do the cut and return the error that reports it."""
        if self._on_cut is not None:
            self._on_cut()
        return self._failure(reader)


class FaultyLink:
    """A link that fails where its fault says, and is dead afterwards."""

    def __init__(self, link: Link, fault: Fault) -> None:
        self.reader = link.reader
        self.atr = link.atr
        self.dialect = link.dialect
        self._link = link
        self._fault = fault
        self._failure: LinkFailed | None = None

    def exchange(self, command: bytes) -> bytes:
        """Pass a command on, or fail.

        Raises:
            LinkFailed: the fault's own error, or the link's.
        """
        if self._failure is not None:
            raise self._failure.with_traceback(None)
        due = self._fault.due()
        if due is FaultKind.BEFORE:
            self._failure = self._fault.cut(self.reader)
            raise self._failure
        answer = self._link.exchange(command)
        if due is not None:
            self._failure = self._fault.cut(self.reader)
        if due is FaultKind.LOST:
            raise self._failure or LinkFailed(reader=self.reader)
        return answer

    def close(self) -> None:
        """Close the link below."""
        self._link.close()
