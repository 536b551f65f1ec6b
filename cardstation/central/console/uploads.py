"""Reads a form that brings a file along (multipart/form-data, RFC 7578), byte for byte."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cardstation.errors import Refusal

KIND = "multipart/form-data"
MOST_UPLOAD_BYTES = 4_200_000
"""A file and the fields beside it."""

_BOUNDARY = re.compile(r'boundary="?([A-Za-z0-9\'()+_,./:=?-]{1,70})"?')
_NAME = re.compile(r'[;\s]name="([^"]*)"')
_FILE = re.compile(r'[;\s]filename="([^"]*)"')
_MOST_PARTS = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody sent.

    Attributes:
        name: As the browser says; never a path to be used.
        raw: Its exact bytes.
    """

    name: str
    raw: bytes


def parts_of(kind: str, body: bytes) -> tuple[list[tuple[str, str]], Upload | None]:
    """The fields of a form, and the first file in it.

    Args:
        kind: The whole content type, with its boundary.
        body: As it was sent.

    Raises:
        Refusal: `form_unreadable`.
    """
    found = _BOUNDARY.search(kind)
    if found is None:
        raise Refusal("form_unreadable")
    first, *parts = (b"\r\n" + body).split(b"\r\n--" + found[1].encode("ascii"))
    if first or not parts or not parts[-1].startswith(b"--") or len(parts) > _MOST_PARTS:
        raise Refusal("form_unreadable")
    fields: list[tuple[str, str]] = []
    upload: Upload | None = None
    for part in parts[:-1]:
        name, file, content = _part(part)
        if file is None:
            fields.append((name, _text(content)))
        elif upload is None and (file or content):
            upload = Upload(file, content)
    return fields, upload


def _part(part: bytes) -> tuple[str, str | None, bytes]:
    head, found, content = part.partition(b"\r\n\r\n")
    said = _text(head)
    name = _NAME.search(said)
    if not found or name is None or not said.startswith("\r\n"):
        raise Refusal("form_unreadable")
    file = _FILE.search(said)
    return name[1], None if file is None else file[1], content


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal("form_unreadable") from error
