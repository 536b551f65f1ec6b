"""What a page, an act or an export is, and what it is given: one visit of somebody who may."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from cardstation.central.console.people import Person
from cardstation.central.console.roles import Right
from cardstation.central.console.sessions import Session
from cardstation.central.console.uploads import Upload
from cardstation.i18n import Translator

ZONE = ZoneInfo("Asia/Shanghai")
"""The utility's: its days begin and end there, wherever the service runs."""

_YEARS = range(2000, 2200)

Cell = str | int | Decimal | None
"""Of an export; a number is a number there, a text never a formula."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One look or act of somebody who is logged in and may.

    Attributes:
        connection: The transaction it happens in.
        engine: For what goes on after the answer.
        asked: Fields of the address and of its query, or of the form; plain text.
        many: Fields of the form that may stand there more than once.
        address: Where the request came from.
        upload: The file a form brought along.
    """

    connection: Connection
    engine: Engine
    session: Session
    asked: Mapping[str, str]
    t: Translator
    now: datetime
    address: str = ""
    many: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    upload: Upload | None = None

    @property
    def who(self) -> Person:
        """Whoever it is."""
        return self.session.who

    def get(self, name: str) -> str:
        """A field without blanks around it, empty when it was not sent."""
        return self.asked.get(name, "").strip()

    def number(self, name: str) -> int | None:
        """A field as a number of the books, None when it is none."""
        text = self.get(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None

    @property
    def day(self) -> date:
        """The day that was asked for, today when none or nonsense was."""
        try:
            asked = date.fromisoformat(self.get("day"))
        except ValueError:
            return self.now.date()
        return asked if asked.year in _YEARS else self.now.date()


@dataclass(frozen=True, slots=True)
class Page:
    """Something to look at.

    Attributes:
        name: Of its template, and of its address unless `path` says another.
        title: English.
        right: None = everybody who is logged in, also with a password somebody else gave.
        show: What the template gets as `it`.
        icon: Shown in the rail with it; empty = not in the rail.
        key: Letter that opens it, after `g`.
        audited: Code under which every look is recorded, empty = looking is no act.
    """

    name: str
    title: str
    right: Right | None
    show: Callable[[Visit], object]
    path: str = ""
    icon: str = ""
    key: str = ""
    audited: str = ""

    @property
    def address(self) -> str:
        """Below `/console/`; a path of `/` is the first page."""
        return "" if self.path == "/" else self.path or self.name


@dataclass(frozen=True, slots=True)
class Once:
    """A secret that is shown once and kept nowhere: a first password, an enrolment code.

    Attributes:
        what: English, with `{subject}`. valid_s: How long it opens anything, 0 = until used.
    """

    what: str
    subject: str
    secret: str
    valid_s: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did, as the audit log keeps it.

    Attributes:
        act: Code. go: Address below `/console/` to go on at.
        once: A secret to show instead of going on. leaves: The session is over.
    """

    act: str
    subject: str
    detail: str
    go: str
    once: Once | None = None
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """Something to do: a form that is sent.

    Attributes:
        path: Where it is sent to, below `/console/`.
        page: Name of the page that is shown again when it is refused.
        right: None = everybody who is logged in.
        brings_file: The form brings a file along.
    """

    path: str
    page: str
    right: Right | None
    do: Callable[[Visit], Done]
    brings_file: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to take along.

    Attributes:
        headings: In the reader's language.
    """

    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Export:
    """A table that can be taken along as a file.

    Attributes:
        name: Of the file, and of its address below `/console/exports/`.
        title: English.
        make: The table; `exports.MOST_ROWS` are taken along, of more it says so.
    """

    name: str
    title: str
    right: Right
    make: Callable[[Visit], Sheet]


def yuan(fen: int) -> Decimal:
    """An amount as a cell."""
    return Decimal(fen).scaleb(-2)


def cubic_metres(litres: int) -> Decimal:
    """A volume as a cell."""
    return Decimal(litres).scaleb(-3)


def begins(day: date) -> datetime:
    """When a day begins at the utility."""
    return datetime.combine(day, time(), ZONE)


def ends(day: date) -> datetime:
    """When the next day begins there."""
    return begins(day + timedelta(days=1))
