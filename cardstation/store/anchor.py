"""The rollback anchor: how far the journal had come, kept outside the store.

A store restored from a backup is behind its anchor; such a station must not sell.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
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


class Anchor:
    """The file `anchor` of a data folder."""

    def __init__(self, home: Path) -> None:
        self._path = home / "anchor"

    def read(self) -> AnchorMark | None:
        """The mark, None when none was ever written.

        Raises:
            Mishap: `anchor_damaged`: not one byte may differ from how it was written.
        """
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            mark = AnchorMark(**json.loads(raw))
            same = _encoded(mark) == raw
        except (ValueError, TypeError, RecursionError) as error:
            raise Mishap("anchor_damaged", file=str(self._path)) from error
        if not same:
            raise Mishap("anchor_damaged", file=str(self._path))
        return mark

    def write(self, mark: AnchorMark) -> None:
        """Replace the mark so that either the old or the new one survives a power cut."""
        draft = self._path.with_suffix(".part")
        with draft.open("wb") as file:
            file.write(_encoded(mark))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        if os.name == "posix":
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _encoded(mark: AnchorMark) -> bytes:
    told = asdict(mark)
    if not mark.signature:
        told = {name: told[name] for name in ("epoch", "seq", "hash")}
    return json.dumps(told).encode("ascii")
