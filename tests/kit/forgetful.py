"""A disk that remembers only what was fsynced: its folders, files, and what a power cut leaves.

Every file has the bytes that programs see and the bytes that are safe; every folder likewise has
its entries. `fsync` of a file makes its bytes safe, `fsync` of a folder its entries (created,
renamed, removed names): nothing else does. At a power cut each thing that was not made safe is
dropped, kept, kept up to a torn point, or mixed sector by sector, as a seeded chance has it. This
is harder than journalling file systems are, and as hard as POSIX allows.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

SECTOR = 512
Piece = TypeVar("Piece")


class Fate(StrEnum):
    """What becomes of the things that were not made safe."""

    DROP = "drop"
    KEEP = "keep"
    TORN = "torn"
    MIX = "mix"


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes put at a place; `length` instead: the file was cut or grown to it."""

    at: int = 0
    data: bytes = b""
    length: int | None = None

    def put(self, content: bytearray) -> None:
        """Do it to these bytes."""
        if self.length is not None:
            del content[self.length :]
            content.extend(bytes(self.length - len(content)))
            return
        content.extend(bytes(max(0, self.at - len(content))))
        content[self.at : self.at + len(self.data)] = self.data

    def sectors(self) -> list[Written]:
        """The same in pieces that a disk writes whole or not at all."""
        if self.length is not None:
            return [self]
        edges = range(self.at - self.at % SECTOR, self.at + len(self.data), SECTOR)
        pieces = []
        for edge in edges:
            start, end = max(edge, self.at), min(edge + SECTOR, self.at + len(self.data))
            pieces.append(Written(start, self.data[start - self.at : end - self.at]))
        return pieces


@dataclass(eq=False, slots=True)
class File:
    """The bytes of a file. `kept`: it lies on something that forgets nothing."""

    mode: int = 0o644
    kept: bool = False
    seen: bytearray = field(default_factory=bytearray)
    safe: bytearray = field(default_factory=bytearray)
    waiting: list[Written] = field(default_factory=list)

    def write(self, change: Written) -> None:
        """Change what programs see; it waits for an fsync."""
        change.put(self.seen)
        self.waiting.append(change)
        if self.kept:
            self.sync()

    def sync(self) -> None:
        """Make it safe."""
        for change in self.waiting:
            change.put(self.safe)
        self.waiting.clear()

    def cut(self, chance: random.Random) -> int:
        """Lose power; returns how many pieces of it were lost."""
        pieces = [piece for change in self.waiting for piece in change.sectors()]
        survivors = survive(pieces, chance)
        for piece in survivors:
            piece.put(self.safe)
        self.waiting.clear()
        return len(pieces) - len(survivors)


@dataclass(eq=False, slots=True)
class Folder:
    """The entries of a folder."""

    mode: int = 0o755
    kept: bool = False
    seen: dict[str, Node] = field(default_factory=dict)
    safe: dict[str, Node] = field(default_factory=dict)


Node = File | Folder
Renaming = Sequence[tuple[Folder, str, Node | None]]
"""Entries that change together, as a rename does: folder, name, what it names from now on."""


def survive(pieces: list[Piece], chance: random.Random) -> list[Piece]:
    """What is left of pieces that nobody made safe, in their order."""
    match chance.choice(list(Fate)):
        case Fate.DROP:
            return []
        case Fate.KEEP:
            return pieces
        case Fate.TORN:
            return pieces[: chance.randrange(len(pieces) + 1)]
        case Fate.MIX:
            return [piece for piece in pieces if chance.random() < 0.5]


class ForgetfulDisk:
    """A tree of folders and files; `kept` are the paths below which nothing is forgotten."""

    def __init__(self, kept: Sequence[str] = ()) -> None:
        self.root = Folder()
        self._kept = frozenset(kept)
        self._waiting: list[Renaming] = []

    def find(self, path: str) -> Node | None:
        """What programs see under this path."""
        node: Node = self.root
        for name in filter(None, path.split("/")):
            if not isinstance(node, Folder) or name not in node.seen:
                return None
            node = node.seen[name]
        return node

    def parent(self, path: str) -> tuple[Folder, str]:
        """The folder a path's last name stands in, and that name."""
        above, _, name = path.rpartition("/")
        folder = self.find(above)
        if not isinstance(folder, Folder):
            raise NotADirectoryError(path)
        return folder, name

    def add(self, path: str, node: Node) -> None:
        """A new name."""
        folder, name = self.parent(path)
        node.kept = folder.kept or path.strip("/") in self._kept
        self._change([(folder, name, node)])

    def remove(self, path: str) -> None:
        """A name goes."""
        folder, name = self.parent(path)
        self._change([(folder, name, None)])

    def rename(self, old: str, new: str) -> None:
        """One name for another, both or neither."""
        before, name = self.parent(old)
        after, chosen = self.parent(new)
        self._change([(before, name, None), (after, chosen, before.seen[name])])

    def _change(self, change: Renaming) -> None:
        for folder, name, node in change:
            _name(folder.seen, name, node)
        if any(folder.kept or (node is not None and node.kept) for folder, _, node in change):
            _keep(change)
        else:
            self._waiting.append(change)

    def sync(self, folder: Folder) -> None:
        """Make the entries of a folder safe."""
        for change in self._waiting:
            if any(folder is one for one, _, _ in change):
                _keep(change)
        self._waiting = [
            change for change in self._waiting if not any(folder is one for one, _, _ in change)
        ]

    def cut(self, seed: int) -> dict[str, int]:
        """Lose power; returns how much was lost. From now on only what is safe is here."""
        chance = random.Random(seed)
        files = list(self._files(self.root, set()))
        survivors = survive(self._waiting, chance)
        lost = {"entries": len(self._waiting) - len(survivors)}
        for change in survivors:
            _keep(change)
        self._waiting = []
        lost["sectors"] = sum(file.cut(chance) for file in files)
        return lost

    def _files(self, folder: Folder, met: set[int]) -> list[File]:
        found = []
        for node in (*folder.safe.values(), *folder.seen.values()):
            if id(node) not in met:
                met.add(id(node))
                found += [node] if isinstance(node, File) else self._files(node, met)
        return found

    def sync_all(self) -> None:
        """Everything is safe, as after a clean unmount."""
        for change in self._waiting:
            _keep(change)
        self._waiting = []
        for file in self._files(self.root, set()):
            file.sync()

    def load(self, place: Path) -> None:
        """Take in a folder of an ordinary disk; all of it is safe."""
        for path in sorted(place.rglob("*")):
            name, mode = "/" + str(path.relative_to(place)), path.stat().st_mode & 0o777
            if path.is_dir():
                self.add(name, Folder(mode))
            elif path.is_file():
                self.add(name, File(mode, seen=bytearray(path.read_bytes())))
        for file in self._files(self.root, set()):
            file.safe[:] = file.seen
        self.sync_all()

    def dump(self, place: Path) -> None:
        """Put what is safe into a folder of an ordinary disk, in place of what is there."""
        shutil.rmtree(place, ignore_errors=True)
        _dump(self.root, place)


def _name(entries: dict[str, Node], name: str, node: Node | None) -> None:
    if node is None:
        entries.pop(name, None)
    else:
        entries[name] = node


def _keep(change: Renaming) -> None:
    for folder, name, node in change:
        _name(folder.safe, name, node)


def _dump(folder: Folder, place: Path) -> None:
    place.mkdir(mode=folder.mode)
    for name, node in folder.safe.items():
        if isinstance(node, Folder):
            _dump(node, place / name)
        else:
            (place / name).write_bytes(node.safe)
            (place / name).chmod(node.mode)
