"""The centre's key and the station's pin of it: kept whole, believed only when they fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.central.centre_key import CentreKey, load_or_create_centre_key
from cardstation.domain.checkpoint import Checkpoint, Rewind
from cardstation.errors import Refusal
from drivers.keys import PinnedCentre

POINT = Checkpoint("S001", 1, 7, "ab" * 32, "nonce")


def test_the_key_is_made_once_and_its_owner_s_only(tmp_path: Path) -> None:
    path = tmp_path / "central" / "centre.key"
    made = load_or_create_centre_key(path)
    assert load_or_create_centre_key(path).public == made.public
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["centre.key"]


def test_a_key_others_may_read_or_that_is_cut_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "centre.key"
    load_or_create_centre_key(path)
    path.chmod(0o640)
    with pytest.raises(Refusal, match="secret_file_open") as caught:
        load_or_create_centre_key(path)
    assert caught.value.values["mode"] == "0640"
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(Refusal, match="secret_unreadable"):
        load_or_create_centre_key(path)


def test_only_the_pinned_centre_is_believed(tmp_path: Path) -> None:
    ours, theirs, pin = CentreKey.generate(), CentreKey.generate(), PinnedCentre(tmp_path)
    assert not pin.genuine(POINT.message, ours.sign(POINT.message))
    pin.pin(ours.public)
    assert PinnedCentre(tmp_path).genuine(POINT.message, ours.sign(POINT.message))
    assert not pin.genuine(POINT.message, theirs.sign(POINT.message))
    assert not pin.genuine(POINT.message, b"")
    (tmp_path / "centre.pub").write_text("not a key")
    assert not pin.genuine(POINT.message, ours.sign(POINT.message))


def test_no_two_sets_of_facts_make_the_same_bytes() -> None:
    messages = {
        POINT.message,
        Checkpoint("S001", 1, 7, "ab" * 32, "nonc").message,
        Checkpoint("S001\n1:1", 1, 7, "ab" * 32, "nonce").message,
        Checkpoint("S001", 17, 7, "ab" * 32, "nonce").message,
        Rewind("S001", 7, "ab" * 32, "a", "b", "c").message,
        Rewind("S001", 7, "ab" * 32, "a\n1:b", "", "c").message,
    }
    assert len(messages) == 6
