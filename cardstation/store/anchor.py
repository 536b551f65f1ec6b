"""The rollback anchor: how far the journal had come, kept outside the store and its data folder.

A store restored from a backup is behind its anchor; such a station must not sell. Whoever puts a
whole data folder back, or copies it, does not put the anchor back with it.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

from cardstation.errors import Mishap


@dataclass(frozen=True, slots=True)
class AnchorMark:
    """The journal's last entry at the moment of writing, and the station's word for it.

    Attributes:
        station: Name of the station that wrote it. signature: Its device key's over `message`,
            hex; empty in a mark of the first version.
    """

    epoch: int
    seq: int
    hash: str
    station: str = ""
    signature: str = ""

    @property
    def message(self) -> bytes:
        """What is signed: everything but the signature."""
        said = [self.station, self.epoch, self.seq, self.hash]
        return b"cardstation anchor 1\x00" + json.dumps(said).encode("ascii")


_NAMES = tuple(one.name for one in fields(AnchorMark))
_FIRST_NAMES = ("epoch", "seq", "hash")


class Anchor:
    """The anchor of one station.

    Args:
        home: The data folder, where anchors of earlier versions lie.
        place: Says where the file is now; as long as a station has no key that could name it, in
            the data folder.

    Attributes:
        turn: Held by whoever writes: several lanes do.
        reached: Epoch and number of the newest entry this program put the mark at.
        signed: The mark this program signed and put last: one that reads the same is its own.
    """

    def __init__(self, home: Path, place: Callable[[], Path] | None = None) -> None:
        self._earlier = home / "anchor"
        self._place = place or (lambda: self._earlier)
        self.turn = threading.Lock()
        self.reached = (0, 0)
        self.signed: AnchorMark | None = None

    def read(self) -> AnchorMark | None:
        """The mark, None when none was ever written.

        Raises:
            Mishap: `anchor_damaged`: not one byte may differ from how it was written.
        """
        path = self._found()
        if path is None:
            return None
        raw = path.read_bytes()
        try:
            mark = AnchorMark(**json.loads(raw))
            same = _encoded(mark) == raw
        except (ValueError, TypeError, RecursionError) as error:
            raise Mishap("anchor_damaged", file=str(path)) from error
        if not same:
            raise Mishap("anchor_damaged", file=str(path))
        return mark

    def write(self, mark: AnchorMark) -> None:
        """Replace the mark so that either the old or the new one survives a power cut.

        Raises:
            Mishap: `store_full`, `store_not_written`, `home_unusable`.
        """
        _replace(self._place(), _encoded(mark))

    def move_out(self) -> None:
        """Take an anchor of an earlier version out of the data folder; what is outside counts."""
        path = self._place()
        if path == self._earlier or not self._earlier.exists():
            return
        if not path.exists():
            _replace(path, self._earlier.read_bytes())
        self._earlier.unlink()

    def _found(self) -> Path | None:
        return next((one for one in (self._place(), self._earlier) if one.exists()), None)


def _replace(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        folder, reason = str(path.parent), error.strerror or ""
        raise Mishap("home_unusable", folder=folder, reason=reason) from error
    try:
        _write_through(path, content)
    except OSError as error:
        full = error.errno == errno.ENOSPC
        raise Mishap("store_full" if full else "store_not_written") from error


def _write_through(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    if os.name == "posix":
        folder_no = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder_no)
        finally:
            os.close(folder_no)


def _encoded(mark: AnchorMark) -> bytes:
    names = _NAMES if mark.signature else _FIRST_NAMES
    told = {name: getattr(mark, name) for name in names}
    return json.dumps(told).encode("ascii")
