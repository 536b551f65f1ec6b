"""A secret that cannot be printed, logged, compared slowly or pickled by accident."""

from __future__ import annotations

import hmac
from typing import NoReturn

_DOTS = "•••"


class Secret:
    """Bytes that only `reveal` gives out; every way of writing it down shows three dots."""

    __slots__ = ("__value",)
    __hash__ = None  # type: ignore[assignment]  # a hash would tell two secrets apart

    def __init__(self, value: bytes) -> None:
        self.__value = bytes(value)

    def reveal(self) -> bytes:
        """The bytes themselves; for a computation, never for a text."""
        return self.__value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.__value, other.reveal())

    def __repr__(self) -> str:
        return _DOTS

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(_DOTS, spec)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is never serialised")
