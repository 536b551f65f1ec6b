"""The libraries of a station: every description in one folder, as the card room wants them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cardstation.domain.meter import MakerRules
from cardstation.errors import Refusal
from cardstation.ports.chip import ChipDriver
from cardstation.ports.keys import CardKeys
from cardstation.ports.layout import Layout
from cardstation.ports.reader import Reader
from drivers.bridge.chip import LibraryChipDriver
from drivers.bridge.description import Description
from drivers.bridge.layout import FactsLayout
from drivers.bridge.library import MakerLibrary
from drivers.bridge.reader import LibraryReader
from drivers.bridge.reading import read_description


class Shelf:
    """What the descriptions of a folder add to a station; nothing is loaded before it is used.

    Args:
        described: The libraries.

    Attributes:
        chips, layouts, makers: One each per library, in the order of their files.
    """

    def __init__(self, described: Sequence[Description]) -> None:
        self.chips: tuple[ChipDriver, ...] = tuple(map(LibraryChipDriver, described))
        self.layouts: tuple[Layout, ...] = tuple(map(FactsLayout, described))
        self.makers: tuple[MakerRules, ...] = tuple(one.rules for one in described)
        self._described = tuple(described)

    @classmethod
    def of_folder(cls, folder: Path, taken: Sequence[MakerRules] = ()) -> Shelf:
        """The descriptions in a folder; none when it is not there.

        Args:
            folder: With one TOML file per library.
            taken: Makers the station knows already.

        Raises:
            Refusal: `library_description`: one is wrong, or its name or maker is in use.
        """
        shelf = cls([read_description(path) for path in sorted(folder.glob("*.toml"))])
        makers = [one.code for one in (*taken, *shelf.makers)]
        names = [one.name for one in shelf.chips]
        for used, key in ((makers, "card.maker"), (names, "name")):
            twice = next((one for one in used if used.count(one) > 1), None)
            if twice is not None:
                expected = f"used once, not twice: {twice}"
                raise Refusal("library_description", file="", place=key, expected=expected)
        return shelf

    def open(self) -> LibraryReaders:
        """Their readers."""
        return LibraryReaders([MakerLibrary(one) for one in self._described])


class LibraryReaders:
    """The readers behind libraries; each library has a process as long as they are open."""

    def __init__(self, libraries: Sequence[MakerLibrary]) -> None:
        self._libraries = tuple(libraries)
        self._readers = tuple(map(LibraryReader, self._libraries))

    def readers(self) -> tuple[Reader, ...]:
        """One per library, whether its device is plugged in or not."""
        return self._readers

    def close(self) -> None:
        """Wake who waits, and end the processes."""
        for reader in self._readers:
            reader.cancel()
        for library in self._libraries:
            library.end()


class KeysBesideLibraries:
    """Implements `CardKeys`: a library presents the codes of its cards itself, we have none."""

    def __init__(self, keys: CardKeys, makers: Sequence[MakerRules]) -> None:
        self._keys = keys
        self._makers = frozenset(one.code for one in makers)

    def code_for(self, maker: str, card_no: str, length: int = 3) -> bytes:
        """Nothing for cards of a library, else the code.

        Raises:
            Refusal: as the keys behind it.
        """
        if maker in self._makers:
            return b""
        return self._keys.code_for(maker, card_no, length)
