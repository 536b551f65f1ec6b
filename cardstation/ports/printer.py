"""Printers: where a finished paper goes."""

from __future__ import annotations

from typing import Protocol


class Printer(Protocol):
    """Takes finished PDF papers."""

    name: str

    def print(self, pdf: bytes, title: str) -> None:
        """Deliver one paper.

        Raises:
            Mishap: code `paper_not_printed`.
        """
