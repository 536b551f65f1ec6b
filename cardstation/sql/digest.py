"""The digest of one row: SHA-256 over its table and every value with its storage class.

On a writer it is the SQL function `row_digest(table, value, …)`; a proof recomputes it from raw
bytes, so that a row no driver can decode any more still has a digest, and another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

SqlValue = str | bytes | int | float | None


def row_digest(table: str, *values: SqlValue) -> bytes:
    """Digest of a row as SQLite hands its values over, 32 bytes."""
    return digest_of_raw(table, map(_raw, values))


def digest_of_raw(table: str, values: Iterable[tuple[str, bytes | None]]) -> bytes:
    """The same from `typeof(value)` and `CAST(value AS BLOB)` of every column, 32 bytes."""
    parts = [table.encode(), b"\x00"]
    for kind, raw in values:
        told = raw or b""
        parts += (kind.encode(), b"%d:" % len(told), told)
    return hashlib.sha256(b"".join(parts)).digest()


def _raw(value: SqlValue) -> tuple[str, bytes | None]:
    match value:
        case None:
            return "null", None
        case str():
            return "text", value.encode()
        case bytes():
            return "blob", value
        case int():
            return "integer", b"%d" % value
        case _:
            return "real", repr(value).encode()
