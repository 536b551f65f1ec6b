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
    """The journal's last entry at the moment of writing."""

    epoch: int
    seq: int
    hash: str


class Anchor:
    """The file `anchor` of a data folder."""

    def __init__(self, home: Path) -> None:
        self._path = home / "anchor"

    def read(self) -> AnchorMark | None:
        """The mark, None when none was ever written.

        Raises:
            Mishap: `anchor_damaged`.
        """
        try:
            found = json.loads(self._path.read_text("ascii"))
            return AnchorMark(int(found["epoch"]), int(found["seq"]), str(found["hash"]))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise Mishap("anchor_damaged", file=str(self._path)) from error

    def write(self, mark: AnchorMark) -> None:
        """Replace the mark so that either the old or the new one survives a power cut."""
        draft = self._path.with_suffix(".part")
        with draft.open("wb") as file:
            file.write(json.dumps(asdict(mark)).encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        if os.name == "posix":
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
