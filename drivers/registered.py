"""Sheets that were registered: kept in a folder, each known by the digest of what was proven."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cardstation.errors import Refusal
from cardstation.ports.keys import LayoutKeys
from drivers.keys.sealed_file import write_own
from drivers.layouts.sheet import Sheet, sheet_of

DIGESTS = "registered.json"
"""Code of a layout → SHA-256 of its sheet, beside the sheets."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A sheet among the station's layouts; it states its maker's rules."""

    sheet: Sheet
    sha256: str


def registered(folder: Path, holder: LayoutKeys, *, but: str = "") -> tuple[Registered, ...]:
    """The sheets of a folder, in the order of their codes; none when it is not there.

    Args:
        folder: With `registered.json`.
        holder: Who holds the keys that the sheets name.
        but: Code of one that is not looked at.

    Raises:
        Refusal: `layout_changed`: a sheet is not the one that was registered, or is gone;
            `layout_unregistered`: nobody registered it; `layout_sheet`.
    """
    digests = _digests(folder)
    for path in sorted(folder.glob("*.toml")):
        if path.stem not in {*digests, but}:
            raise Refusal("layout_unregistered", file=path.name)
    codes = sorted({*digests} - {but})
    return tuple(_registered(folder, code, digests[code], holder) for code in codes)


def _registered(folder: Path, code: str, digest: str, holder: LayoutKeys) -> Registered:
    path = folder / f"{code}.toml"
    data = path.read_bytes() if path.exists() else b""
    if digest_of(data) != digest:
        raise Refusal("layout_changed", file=path.name, layout=code)
    return Registered(sheet_of(data, path.name, holder), digest)


def kept_digest(folder: Path, code: str) -> str:
    """The digest of the sheet that is registered; empty for none."""
    return _digests(folder).get(code, "")


def keep(folder: Path, code: str, data: bytes) -> None:
    """Keep a sheet that was proven, in place of the one before."""
    write_own(folder / f"{code}.toml", data, replace=True)
    _write(folder, {**_digests(folder), code: digest_of(data)})


def remove(folder: Path, code: str) -> None:
    """Take a sheet out again."""
    digests = {one: digest for one, digest in _digests(folder).items() if one != code}
    (folder / f"{code}.toml").unlink(missing_ok=True)
    _write(folder, digests)


def digest_of(data: bytes) -> str:
    """What a sheet is known by: its SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def _digests(folder: Path) -> Mapping[str, str]:
    path = folder / DIGESTS
    try:
        told = json.loads(path.read_bytes()) if path.exists() else {}
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Refusal("layout_changed", file=DIGESTS, layout="")
    return {str(code): str(digest) for code, digest in told.items()}


def _write(folder: Path, digests: Mapping[str, str]) -> None:
    write_own(folder / DIGESTS, json.dumps(digests, indent=2).encode() + b"\n", replace=True)
