"""Column types: a value of the domain on one side, a plain integer or text on the other."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, Dialect, Text, TypeDecorator

from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.errors import ensure

_Word = TypeVar("_Word", bound=StrEnum)


class Fen(TypeDecorator[Money]):
    """`Money` as an integer number of fen."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """To fen."""
        return None if value is None else value.fen

    def process_result_value(self, value: Any, dialect: Dialect) -> Money | None:  # noqa: ARG002
        """From fen."""
        return None if value is None else Money(value)


class Litres(TypeDecorator[Volume]):
    """`Volume` as an integer number of litres (0.001 m³)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Volume | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """To litres."""
        return None if value is None else value.litres

    def process_result_value(self, value: Any, dialect: Dialect) -> Volume | None:  # noqa: ARG002
        """From litres."""
        return None if value is None else Volume(value)


class Instant(TypeDecorator[datetime]):
    """An aware moment as ISO 8601 text with the offset it was written in; not for sorting."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To text; a moment without a zone is a defect."""
        if value is None:
            return None
        ensure(value.tzinfo is not None, "a moment carries its zone")
        return value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From text."""
        return None if value is None else datetime.fromisoformat(value)


class Day(TypeDecorator[date]):
    """A calendar day as ISO 8601 text; sorts by time."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To text."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:  # noqa: ARG002
        """From text."""
        return None if value is None else date.fromisoformat(value)


class Word(TypeDecorator[_Word], Generic[_Word]):
    """A member of a `StrEnum` as its word."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[_Word]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: _Word | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To its word; a word that is no member is a ValueError."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> _Word | None:  # noqa: ARG002
        """From its word."""
        return None if value is None else self.words(value)
