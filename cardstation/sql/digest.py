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
    return _digest(table, map(_raw, values))


def digest_of_raw(table: str, values: Iterable[tuple[str, bytes | None]]) -> bytes:
    """The same from `typeof(value)` and `CAST(value AS BLOB)` of every column, 32 bytes."""
    return _digest(table, ((kind.encode(), raw or b"") for kind, raw in values))


def _digest(table: str, values: Iterable[tuple[bytes, bytes]]) -> bytes:
    parts = [b"%s%d:%s" % (kind, len(raw), raw) for kind, raw in values]
    return hashlib.sha256(b"".join([table.encode(), b"\x00", *parts])).digest()


def _raw(value: SqlValue) -> tuple[bytes, bytes]:
    match value:
        case None:
            return b"null", b""
        case str():
            return b"text", value.encode()
        case bytes():
            return b"blob", value
        case int():
            return b"integer", b"%d" % value
        case _:
            return b"real", repr(value).encode()
