"""One powered session with a virtual card in the same process."""

from __future__ import annotations

from collections.abc import Callable

from cardstation.errors import CardRemoved, LinkFailed, ensure
from drivers.virtual.firmware import Firmware
from drivers.virtual.noise import NoAnswer
from drivers.virtual.tear import Torn


class VirtualLink:
    """Implements `cardstation.ports.reader.Link` over a firmware.

    Args:
        gone: Says how this link ended by itself (card pulled, swapped, reader unplugged), or None.
        pull: Called when the card was torn: it is out of the reader then.
        released: Called once when the link is closed.
    """

    def __init__(
        self,
        reader: str,
        firmware: Firmware,
        dialect: str,
        *,
        gone: Callable[[], LinkFailed | None],
        pull: Callable[[], object],
        released: Callable[[VirtualLink], object],
    ) -> None:
        self.reader = reader
        self.atr = firmware.atr
        self.dialect = dialect
        self._firmware = firmware
        self._gone = gone
        self._pull = pull
        self._released = released
        self._failure: LinkFailed | None = None
        self._closed = False

    @property
    def live(self) -> bool:
        """The link is open and no exchange failed."""
        return not self._closed and self._failure is None and self._gone() is None

    def exchange(self, command: bytes) -> bytes:
        """Send a command APDU and return data + SW1 SW2.

        Raises:
            LinkFailed: CardRemoved, CardSwapped, ReaderGone, ReaderHung; the link is dead then.
        """
        ensure(not self._closed, "exchange on a closed link")
        if self._failure is None:
            self._failure = self._gone()
        if self._failure is not None:
            raise self._failure.with_traceback(None)
        try:
            return self._firmware.answer(command)
        except NoAnswer as silence:
            self._failure = LinkFailed(reader=self.reader)
            raise self._failure from silence
        except Torn as torn:
            self._pull()
            self._failure = self._gone() or CardRemoved(reader=self.reader)
            raise self._failure from torn
        except LinkFailed as failure:
            self._failure = failure
            raise

    def close(self) -> None:
        """Power the card down. Never raises; may be called twice."""
        if not self._closed:
            self._closed = True
            self._released(self)
