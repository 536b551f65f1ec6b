"""Purse keys that are reached for when they are first wanted, and asked one lane at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import TypeVar

from cardstation.errors import CardNotGenuine, Mishap
from cardstation.ports.purse import LoadOpening, LoadOrder, LoadPlan, PurseKeys

T = TypeVar("T")


class HeldPurseKeys:
    """Implements `cardstation.ports.purse.PurseKeys` by a holder that is opened when needed.

    A module and a token keep a state between two commands of ours, so whoever asks has the holder
    to itself. One that fell silent is let go, and opened anew for the next question: the module
    was seated again, or the network is back.

    Args:
        reach: Opens the holder for as long as its context lasts.
    """

    def __init__(self, reach: Callable[[], AbstractContextManager[PurseKeys]]) -> None:
        self._reach = reach
        self._turn = threading.Lock()
        self._open = ExitStack()
        self._keys: PurseKeys | None = None

    @property
    def terminal(self) -> bytes:
        """The six bytes that name the holder in every load."""
        return self._asked(lambda keys: keys.terminal)

    def accept(self, card: bytes, order: LoadOrder, opening: LoadOpening) -> bytes:
        """Check MAC1 and answer with MAC2.

        Raises:
            CardNotGenuine: MAC1 is wrong. Mishap, Refusal: the holder does not answer.
        """
        return self._asked(lambda keys: keys.accept(card, order, opening))

    def tac_fits(self, plan: LoadPlan, tac: bytes) -> bool | None:
        """Whether a TAC is this card's for this load; None = the holder cannot say."""
        return self._asked(lambda keys: keys.tac_fits(plan, tac))

    def authentication(self, card: bytes, challenge: bytes) -> bytes:
        """The answer to a card's challenge."""
        return self._asked(lambda keys: keys.authentication(card, challenge))

    def protected(
        self, card: bytes, challenge: bytes, head: bytes, data: bytes, *, encrypted: bool
    ) -> bytes:
        """What goes after Lc of a command under secure messaging."""
        return self._asked(
            lambda keys: keys.protected(card, challenge, head, data, encrypted=encrypted)
        )

    def close(self) -> None:
        """Let go of the holder; asked again, it is opened again."""
        with self._turn:
            self._let_go()

    def _asked(self, ask: Callable[[PurseKeys], T]) -> T:
        with self._turn:
            if self._keys is None:
                self._keys = self._open.enter_context(self._reach())
            try:
                return ask(self._keys)
            except CardNotGenuine:
                raise
            except Mishap:
                self._let_go()
                raise

    def _let_go(self) -> None:
        self._keys = None
        self._open.close()
