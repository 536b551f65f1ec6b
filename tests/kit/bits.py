"""Single bits of a closed store's file: each is found and named, or says nothing at all.

A seed is one file, byte by byte, and one row of bits in it: what broke breaks again.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlite

from cardstation.errors import Mishap, Refusal
from cardstation.services.intent import ids
from cardstation.services.station import Station
from cardstation.services.verify import verify
from cardstation.store import Store
from cardstation.store.store import FILE_NAME
from tests.kit.full_desk import full_desk
from tests.kit.repeat import Seeded
from tests.kit.shared_engines import share_engines

UNUSED = "in unused space"


def flipped(raw: bytes, bit: int) -> bytes:
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@contextmanager
def repeated(seed: int) -> Iterator[None]:
    """A desk that is made in here has the same files, byte by byte, in every run of this seed.

    Its ids are counted from the seed, and its store begins as the copy that always is the same.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "randbits", random.Random(seed).getrandbits)
        share_engines(patch)
        yield


def closed_desk(home: Path, seed: int) -> Station:
    """A full desk with its store closed: the file that this seed makes."""
    with repeated(seed):
        desk = full_desk(home)
    desk.station.store.close()
    return desk.station


def file_bits(home: Path, count: int, seed: int) -> Counter[str]:
    """Change single bits of a full desk's closed store, one after the other.

    What breaks says the seed, the file's digest and the bit: where the digest is the same again,
    the bit is.

    Returns:
        How often each code named the damage; `UNUSED` where every table, index and
        trigger still says the same.
    """
    station = closed_desk(home, seed)
    path = home / FILE_NAME
    raw, said = path.read_bytes(), content_of(path)
    chance, told = random.Random(seed), Counter[str]()
    for _ in range(count):
        bit = chance.randrange(len(raw) * 8)
        for left in home.glob(f"{FILE_NAME}-*"):
            left.unlink()
        path.write_bytes(flipped(raw, bit))
        with Seeded(seed, f"./dev soak bits: bit {bit} of the file {digest_of(raw)}"):
            found = verdict_on(station, home)
            if not found:
                now = content_of(path)
                other = [*(set(said) ^ set(now))]
                assert now == said, f"bit {bit} of {len(raw)} bytes is not found: {other}"
        told[found or UNUSED] += 1
    return told


def digest_of(raw: bytes) -> str:
    """A few letters that tell one file from another."""
    return hashlib.sha256(raw).hexdigest()[:16]


def verdict_on(station: Station, home: Path) -> str:
    """The code by which the store is found damaged, empty when it is not."""
    try:
        with Store.open(home, read_only=True) as store:
            found = verify(replace(station, store=store)).disagreements
    except (Mishap, Refusal) as error:
        return error.code
    assert all(one.values.get("where") for one in found)
    return found[0].code if found else ""


def content_of(path: Path) -> list[tuple[Any, ...]]:
    """Every table, index, trigger and row, each value with its storage class.

    Whether a blank or a tab stands between two words of a statement says nothing.
    """
    with closing(sqlite.connect(path.as_uri() + "?mode=ro", uri=True)) as connection:
        master = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        said = [(*what, " ".join(sql.split())) for *what, sql in connection.execute(master)]
        for table in [name for kind, name, *_ in said if kind == "table"]:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            told = ", ".join(f'typeof("{name}"), hex("{name}")' for name in columns)
            said += connection.execute(f"SELECT {told} FROM {table}")  # noqa: S608
        return said
