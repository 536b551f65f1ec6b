"""One table of a file somebody wrote, asked key by key; what is wrong is refused by its place."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from cardstation.errors import Refusal


class Table:
    """A table of a TOML file.

    Args:
        told: What stands there; no table at all is refused.
        file: Its file's name. place: Dotted place of the table in it, empty = the whole file.
        code: Of the refusal.
    """

    def __init__(
        self, told: object, file: str, place: str = "", *, code: str = "library_description"
    ) -> None:
        self._file, self._place, self._code = file, place, code
        if not isinstance(told, dict):
            self.refuse("", "a table")
        self._left: dict[str, Any] = dict(told)

    def refuse(self, key: str, expected: str) -> NoReturn:
        """Say what was expected at a key.

        Raises:
            Refusal: of this table's code.
        """
        place = ".".join(part for part in (self._place, key) if part)
        raise Refusal(self._code, file=self._file, place=place, expected=expected)

    def text(self, key: str, otherwise: str | None = None) -> str:
        """A text that is not empty; `otherwise` where the key is not there."""
        value = self._left.pop(key, None)
        if value is None and otherwise is not None:
            return otherwise
        if not isinstance(value, str) or not value:
            self.refuse(key, "a text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, none where it is not there."""
        value = self._left.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.refuse(key, "a list of texts")
        return tuple(value)

    def choice(self, key: str, allowed: Sequence[str], otherwise: str | None = None) -> str:
        """One of some words."""
        value = self.text(key, otherwise)
        if value not in allowed:
            self.refuse(key, " | ".join(allowed))
        return value

    def count(self, key: str, most: int, otherwise: int | None = None) -> int:
        """A whole number from 0."""
        value = self._left.pop(key, otherwise)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            self.refuse(key, f"0–{most}")
        return value

    def seconds(self, key: str, most: int, otherwise: float) -> float:
        """A time span."""
        value = self._left.pop(key, otherwise)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= most:
            self.refuse(key, f"0–{most} s")
        return float(value)

    def switch(self, key: str) -> bool:
        """True or false, false where it is not there."""
        value = self._left.pop(key, False)
        if not isinstance(value, bool):
            self.refuse(key, "true | false")
        return value

    def decimal(self, key: str, otherwise: str) -> Decimal:
        """A positive number, best written as a text."""
        try:
            value = Decimal(str(self._left.pop(key, otherwise)))
        except InvalidOperation:
            value = Decimal(0)
        if not value.is_finite() or value <= 0:
            self.refuse(key, "a positive number")
        return value

    def has(self, key: str) -> bool:
        """The key is there."""
        return key in self._left

    def names(self) -> tuple[str, ...]:
        """The keys that nobody asked for yet."""
        return tuple(self._left)

    def take(self, key: str) -> Any:
        """Whatever stands at a key, None when it is not there."""
        return self._left.pop(key, None)

    def under(self, key: str) -> Table:
        """The table at a key, empty where it is not there."""
        return self.within(key, self._left.pop(key, {}))

    def each(self, key: str) -> list[Table]:
        """The tables of a list."""
        told = self._left.pop(key, [])
        if not isinstance(told, list):
            self.refuse(key, "a list of tables")
        return [self.within(f"{key}[{place}]", one) for place, one in enumerate(told)]

    def within(self, key: str, told: object) -> Table:
        """A table that stands under this one."""
        place = ".".join(part for part in (self._place, key) if part)
        return Table(told, self._file, place, code=self._code)

    def end(self) -> None:
        """Nothing may be left that nobody asked for."""
        for key in self._left:
            self.refuse(key, "a known key")
