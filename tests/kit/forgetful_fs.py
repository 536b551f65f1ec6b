# ruff: noqa: ARG002
"""The forgetful disk as a file system of its own process, under a real station (FUSE).

    python -m tests.kit.forgetful_fs MOUNT DISK [--cut-at N --seed S] [--kept NAME]...

DISK is an ordinary folder: what is on the disk at the start, and what is left at the end. It says
`mounted`; at effect number N it says `cut` and waits until the other side has killed the station
and answers a line; from then on every call fails, nothing more reaches the disk. Without
`--cut-at` the unmounting is clean and nothing is lost. The last line is the count of effects and
what was lost. An effect is whatever changes the disk or makes a change safe; the station's card
files lie here too, under a name that forgets nothing, so that one count covers card and journal.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import random
import stat
import sys
import time
from pathlib import Path
from typing import Any

import click
import mfusepy

from tests.kit.forgetful import File, Folder, ForgetfulDisk, Node, Written

SHARED_MEMORY = "-shm"
"""SQLite's index of its log is memory: the kernel writes it when it likes, so it does not count.
Nor does a file without a name (`path` is None then), whose bytes no start can find again."""


class ForgetfulFs(mfusepy.Operations):  # type: ignore[misc]
    """The calls of the kernel on the disk. One thread serves them all."""

    use_ns = True

    def __init__(self, disk: ForgetfulDisk, cut_at: int, seed: int) -> None:
        self.disk = disk
        self.effects = 0
        self.dead = False
        self.cut_in = "the end"
        self._cut_at = cut_at
        self._chance = random.Random(seed)
        self._open: dict[int, File] = {}

    def init(self, path: str) -> None:
        click.echo("mounted")

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        node = self._node(path) if fh is None else self._open[fh]
        kind = stat.S_IFREG if isinstance(node, File) else stat.S_IFDIR
        size = len(node.seen) if isinstance(node, File) else 0
        now = time.time_ns()
        found = {"st_mode": kind | node.mode, "st_size": size, "st_nlink": 1}
        found |= {"st_uid": os.getuid(), "st_gid": os.getgid()}
        return found | dict.fromkeys(("st_atime", "st_mtime", "st_ctime"), now)

    def readdir(self, path: str, fh: int) -> list[str]:
        folder = self._node(path)
        return [".", "..", *(folder.seen if isinstance(folder, Folder) else ())]

    def statfs(self, path: str) -> dict[str, int]:
        return {"f_bsize": 4096, "f_blocks": 1 << 20, "f_bfree": 1 << 20, "f_bavail": 1 << 20}

    def open(self, path: str, flags: int) -> int:
        return self._opened(self._node(path))

    def create(self, path: str, mode: int) -> int:
        node = File(mode & 0o777)
        if self._effect("create", path):
            self.disk.add(path, node)
        return self._opened(node)

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return bytes(self._open[fh].seen[offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        self._changed(path, self._open[fh], Written(offset, data))
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        node = self._node(path) if fh is None else self._open[fh]
        if isinstance(node, File):
            self._changed(path, node, Written(length=length))
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        if self._effect("fsync", path):
            self._open[fh].sync()
        return self._answer()

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        folder = self._node(path)
        if self._effect("fsyncdir", path) and isinstance(folder, Folder):
            self.disk.sync(folder)
        return self._answer()

    def release(self, path: str, fh: int) -> int:
        self._open.pop(fh, None)
        return 0

    def mkdir(self, path: str, mode: int) -> int:
        if self._effect("mkdir", path):
            self.disk.add(path, Folder(mode & 0o777))
        return self._answer()

    def unlink(self, path: str) -> int:
        if self._effect("unlink", path):
            self.disk.remove(path)
        return self._answer()

    rmdir = unlink

    def rename(self, old: str, new: str) -> int:
        if self._effect("rename", old):
            self.disk.rename(old, new)
        return self._answer()

    def chmod(self, path: str, mode: int) -> int:
        self._node(path).mode = mode & 0o777
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        return 0

    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        return 0

    def _node(self, path: str) -> Node:
        self._answer()
        node = self.disk.find(path)
        if node is None:
            raise mfusepy.FuseOSError(errno.ENOENT)
        return node

    def _opened(self, node: Node) -> int:
        self._answer()
        if not isinstance(node, File):
            raise mfusepy.FuseOSError(errno.EISDIR)
        handle = max(self._open, default=0) + 1
        self._open[handle] = node
        return handle

    def _changed(self, path: str | None, file: File, change: Written) -> None:
        if self._effect("write", path):
            file.write(change)
        self._answer()

    def _answer(self) -> int:
        if self.dead:
            raise mfusepy.FuseOSError(errno.EIO)
        return 0

    def _effect(self, kind: str, path: str | None) -> bool:
        """Count an effect; says whether it still happens. The power may fail before or after it."""
        self._answer()
        if path is None or path.endswith(SHARED_MEMORY):
            return True
        self.effects += 1
        if self.effects != self._cut_at:
            return True
        click.echo("cut")
        sys.stdin.readline()
        self.dead = True
        self.cut_in = f"{kind} {path.strip('/')}"
        return self._chance.random() < 0.5


def _words() -> argparse.Namespace:
    words = argparse.ArgumentParser()
    words.add_argument("mount", type=Path)
    words.add_argument("disk", type=Path)
    words.add_argument("--cut-at", type=int, default=0)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--kept", action="append", default=[])
    return words.parse_args()


def main() -> None:
    """Serve until unmounted."""
    words = _words()
    disk = ForgetfulDisk(words.kept)
    disk.load(words.disk)
    served = ForgetfulFs(disk, words.cut_at, words.seed)
    mfusepy.FUSE(served, str(words.mount), foreground=True, nothreads=True, hard_remove=True)
    lost: dict[str, int] = {}
    if words.cut_at:
        lost = disk.cut(words.seed)
    else:
        disk.sync_all()
    disk.dump(words.disk)
    figures = {"effects": served.effects, "cut": served.dead, "cut_in": served.cut_in, **lost}
    click.echo(json.dumps(figures))


if __name__ == "__main__":
    main()
