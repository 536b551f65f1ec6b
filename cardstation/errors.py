"""Every error of the product, as one tree.

    CardStationError(code, values, advice)
    ├── Refusal          the rules said no; nothing was done            exit status 3
    │   └── StationBusy  another process owns the store                 exit status 6
    ├── Mishap           the world failed                               exit status 4
    │   ├── LinkFailed   an exchange with a card failed; the link is dead
    │   │   ├── CardRemoved, CardSwapped, CardMute, ReaderGone, ReaderBusy, ReaderHung
    │   │   ├── ReaderCannotMemory
    │   │   └── LoadUnanswered   a purse was asked to load and its answer is lost
    │   ├── CardServiceGone   no PC/SC service
    │   ├── CodeRefused, CodeLocked
    │   ├── WriteNotTaken     a read-back differs from what was written
    │   ├── PurseRefused, CardNotGenuine
    │   ├── LedgerUnreachable, LedgerRefused
    │   └── OutcomeUnknown    never retried blindly; recovery must look   exit status 5
    └── Defect           we are wrong; stop, keep the evidence          exit status 70

Code and values only: the sentence for a code is in `cardstation.sentences`. Errors are named for
what happened. Wrong use of the command line exits with 2.
"""

from __future__ import annotations

import re
from typing import ClassVar, NoReturn

Value = str | int | bool | None


class CardStationError(Exception):
    """The root.

    Args:
        code: What happened, a snake_case word of the catalogue; the class's own name by default.
        advice: What to do next, a snake_case word of the catalogue.
        **values: Named facts for the sentence. Never a code, a key or a password.
    """

    exit_status: ClassVar[int] = 1

    def __init__(self, code: str = "", *, advice: str = "", **values: Value) -> None:
        self.code = code or re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()
        self.advice = advice
        self.values = values
        super().__init__(self.code)

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.code} ({facts})" if facts else self.code


class Refusal(CardStationError):
    """The rules said no; nothing was done."""

    exit_status = 3


class StationBusy(Refusal):
    """Another process of this station holds the store's lock."""

    exit_status = 6


class Mishap(CardStationError):
    """The world failed."""

    exit_status = 4


class LinkFailed(Mishap):
    """An exchange with the card failed; its outcome is not known and the link is dead."""


class CardRemoved(LinkFailed):
    """The card left the reader."""


class CardSwapped(LinkFailed):
    """Another insertion happened behind our back: what lies there now is not identified."""


class CardMute(LinkFailed):
    """The card does not answer: backwards, dirty, dead, or in a reader for CPU cards only."""


class ReaderGone(LinkFailed):
    """The reader was unplugged or its driver stopped."""


class ReaderBusy(LinkFailed):
    """Another program holds the card."""


class ReaderHung(LinkFailed):
    """The driver did not answer in time."""


class ReaderCannotMemory(LinkFailed):
    """This reader model has no memory-card commands."""


class LoadUnanswered(LinkFailed):
    """A purse was asked to load and its answer is lost: only the card knows whether it did."""


class CardServiceGone(Mishap):
    """No PC/SC service runs."""


class CodeRefused(Mishap):
    """The card refused the code; `tries_left` is in the values."""


class CodeLocked(Mishap):
    """The card's error counter is used up: it can never be written again."""


class WriteNotTaken(Mishap):
    """A byte reads back differently from what was written."""


class PurseRefused(Mishap):
    """A purse card answered no to a command and did nothing; `status` is in the values."""


class CardNotGenuine(Mishap):
    """A card did not prove that it has its own key: not of this area, or misread."""


class LedgerUnreachable(Mishap):
    """The central ledger did not answer; what was sent may have arrived."""


class LedgerRefused(Mishap):
    """The central ledger answered and said no (gap, fork, epoch, revoked)."""


class OutcomeUnknown(Mishap):
    """Money or a card is in doubt: only the card or the ledger can say; never retried blindly."""

    exit_status = 5


class Defect(CardStationError):
    """We are wrong: stop and keep the evidence."""

    exit_status = 70


def ensure(condition: bool, sentence: str) -> None:
    """Raise `Defect` unless `condition` holds (assert vanishes under -O)."""
    if not condition:
        fail(sentence)


def fail(sentence: str) -> NoReturn:
    """Raise `Defect` with an engineer's sentence."""
    raise Defect("defect", sentence=sentence)
