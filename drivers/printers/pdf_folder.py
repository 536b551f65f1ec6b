"""The printer that always works: papers are kept as PDF files in a folder."""

from __future__ import annotations

import os
import re
from pathlib import Path

from cardstation.errors import Mishap

_UNSAFE = re.compile(r"[^\w.\-]+")


class PdfFolder:
    """Writes each paper as `<title>.pdf`; an older file of that name is never overwritten.

    Args:
        path: The folder, made when missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path)

    def print(self, pdf: bytes, title: str) -> None:
        """Write one paper, whole or not at all; the same paper again changes nothing.

        Raises:
            Mishap: code `paper_not_printed`.
        """
        stem = _UNSAFE.sub("-", title).strip("-.") or "paper"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            target = self._free(stem, pdf)
            part = target.with_suffix(".part")
            with part.open("wb") as file:
                file.write(pdf)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        except OSError as error:
            raise Mishap("paper_not_printed", printer=self.name, cause=str(error)) from error

    def _free(self, stem: str, pdf: bytes) -> Path:
        target, count = self.path / f"{stem}.pdf", 1
        while target.exists() and target.read_bytes() != pdf:
            count += 1
            target = self.path / f"{stem}-{count}.pdf"
        return target
