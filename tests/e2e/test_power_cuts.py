"""The power fails under a real station on a disk that forgets: nothing acknowledged is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.kit.e2e import Desk
from tests.kit.forgetful import SECTOR, File, Folder, ForgetfulDisk, Written
from tests.kit.power_cuts import prove_control, prove_cuts
from tests.kit.power_life import need_forgetful_disk, pack
from tests.kit.repeat import first_seed, times

SEEDS = range(40)


def test_what_was_certain_survives_every_cut_and_a_hasty_writer_loses(
    desk: Desk, record_property: Callable[[str, object], None]
) -> None:
    need_forgetful_disk()
    bag, count = pack(desk), times("CUTS", 5)
    where = prove_cuts(desk, bag, count, first_seed())
    assert where["forgotten sectors"] > 0
    cuts, _ = prove_control(desk, bag, 20, first_seed())
    said = f"{count} stories, broken 0; the hasty control loses at cut {cuts}"
    record_property("figures", f"a disk that forgets: {said}; {dict(where.most_common())}")


def _replaced(*, synced_file: bool, synced_folder: bool) -> list[bytes | None]:
    """A file replaced by a draft and a rename; what stands under its name after each cut."""
    found = []
    for seed in SEEDS:
        disk = ForgetfulDisk()
        old, draft = File(), File()
        disk.add("/mark", old)
        old.write(Written(0, b"old"))
        disk.sync_all()
        disk.add("/draft", draft)
        draft.write(Written(0, b"new"))
        if synced_file:
            draft.sync()
        disk.rename("/draft", "/mark")
        if synced_folder:
            disk.sync(disk.root)
        disk.cut(seed)
        left = disk.root.safe.get("mark")
        found.append(bytes(left.safe) if isinstance(left, File) else None)
    return found


def test_only_both_syncs_make_a_replaced_file_certain() -> None:
    assert set(_replaced(synced_file=True, synced_folder=True)) == {b"new"}
    assert set(_replaced(synced_file=True, synced_folder=False)) == {b"new", b"old"}
    assert set(_replaced(synced_file=False, synced_folder=True)) == {b"new", b""}


def test_unsynced_bytes_are_torn_at_sectors() -> None:
    found = set()
    for seed in SEEDS:
        disk, file = ForgetfulDisk(), File()
        disk.add("/log", file)
        file.write(Written(0, bytes(4 * SECTOR)))
        disk.sync_all()
        file.write(Written(0, b"x" * 4 * SECTOR))
        disk.cut(seed)
        sectors = [bytes(file.safe[at : at + SECTOR]) for at in range(0, 4 * SECTOR, SECTOR)]
        assert set(sectors) <= {bytes(SECTOR), b"x" * SECTOR}
        found.add(tuple(sector[0] for sector in sectors))
    assert len(found) > 6


def test_what_lies_outside_the_disk_is_never_forgotten() -> None:
    for seed in SEEDS:
        disk, card = ForgetfulDisk(["world"]), File()
        disk.add("/world", Folder())
        disk.add("/world/card.part", card)
        card.write(Written(0, b"gas"))
        disk.rename("/world/card.part", "/world/card")
        disk.cut(seed)
        world = disk.root.safe["world"]
        assert isinstance(world, Folder)
        assert world.safe == {"card": card}
        assert card.safe == b"gas"


@pytest.mark.parametrize("length", [1, 3 * SECTOR])
def test_a_file_cut_short_is_short_or_as_it_was(length: int) -> None:
    found = set()
    for seed in SEEDS:
        disk, file = ForgetfulDisk(), File()
        disk.add("/file", file)
        file.write(Written(0, b"y" * 2 * SECTOR))
        disk.sync_all()
        file.write(Written(length=length))
        disk.cut(seed)
        found.add(len(file.safe))
    assert found == {length, 2 * SECTOR}
