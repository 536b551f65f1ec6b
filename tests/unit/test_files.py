"""What another process may read at any moment is never met half-written."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.bootstrap.rack_socket import note_of, serve_requests
from cardstation.files import write_whole


def test_a_cut_before_the_end_leaves_the_old_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "note.json"
    write_whole(path, "old")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("cut")))
    with pytest.raises(OSError, match="cut"):
        write_whole(path, "new")
    assert path.read_text() == "old"


def test_the_racks_note_is_whole_at_every_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hand that asked while the rack began to serve once met an empty note (seen in CI)."""
    seen = []
    truly = Path.write_text

    def slow_write(path: Path, text: str, encoding: str = "utf-8") -> int:
        truly(path, "", encoding=encoding)
        seen.append(note_of(tmp_path))
        return truly(path, text, encoding=encoding)

    monkeypatch.setattr(Path, "write_text", slow_write)
    monkeypatch.setattr("socket.socket.accept", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        serve_requests(tmp_path, {"rack": "r"}, lambda request: request)
    assert seen == [None]
