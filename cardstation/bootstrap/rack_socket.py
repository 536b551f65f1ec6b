"""The line between `training rack` commands and the serving rack: JSON lines on a Unix socket."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from cardstation.errors import CardStationError, Mishap, Refusal
from cardstation.files import write_whole
from drivers.virtual.service import SOCKET_VARIABLE

Request = dict[str, object]
_SOCKET = "rack.sock"
_NOTE = "rack.json"


def note_of(home: Path) -> Request | None:
    """What the serving rack of a data folder wrote about itself, None when none serves."""
    path = home / _NOTE
    if not path.exists():
        return None
    note: Request = json.loads(path.read_text(encoding="utf-8"))
    pid = note.get("pid")
    return note if isinstance(pid, int) and Path(f"/proc/{pid}").exists() else None


def use_served_stack(home: Path) -> str:
    """Speak with the card service of the serving rack, if one serves and no other was chosen.

    Before the first PC/SC call of the process (see drivers.readers.pcsc).

    Returns:
        The dialect of its readers; empty for another card service.
    """
    note = note_of(home)
    if note is None:
        return ""
    served = str(note["pcsc_socket"])
    chosen = os.environ.setdefault(SOCKET_VARIABLE, served)
    return str(note["dialect"]) if chosen == served else ""


def call_rack(home: Path, request: Request) -> Request:
    """Send one request to the serving rack and return its answer.

    Raises:
        Mishap: code `rack_not_serving`.
        Refusal: what the rack refused, with its code and values.
    """
    if note_of(home) is None:
        raise Mishap("rack_not_serving")
    with closing(socket.socket(socket.AF_UNIX)) as line:
        try:
            _connect(line, home)
            line.sendall(json.dumps(request).encode() + b"\n")
            answer: Request = json.loads(_line(line))
        except OSError as error:
            raise Mishap("rack_not_serving") from error
    refused = answer.pop("refused", None)
    if refused:
        raise Refusal(str(refused), **{name: str(value) for name, value in answer.items()})
    return answer


def serve_requests(home: Path, note: Request, handle: Callable[[Request], Request]) -> None:
    """Answer requests until `handle` raises StopIteration or the process is interrupted."""
    place = home / _SOCKET
    place.unlink(missing_ok=True)
    with closing(socket.socket(socket.AF_UNIX)) as door:
        _bind(door, home)
        door.listen(4)
        write_whole(home / _NOTE, json.dumps({**note, "pid": os.getpid()}))
        try:
            going = True
            while going:
                line, _ = door.accept()
                with closing(line):
                    going = _answer(line, handle)
        finally:
            (home / _NOTE).unlink(missing_ok=True)
            place.unlink(missing_ok=True)


def _answer(line: socket.socket, handle: Callable[[Request], Request]) -> bool:
    try:
        answer = handle(json.loads(_line(line)))
    except StopIteration:
        line.sendall(b'{"stopped": true}\n')
        return False
    except CardStationError as error:
        answer = {"refused": error.code, **error.values}
    line.sendall(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
    return True


def _line(line: socket.socket) -> bytes:
    with line.makefile("rb") as stream:
        return stream.readline()


_CHDIR = threading.Lock()


def _connect(line: socket.socket, home: Path) -> None:
    _at(home, lambda: line.connect(_SOCKET))


def _bind(door: socket.socket, home: Path) -> None:
    _at(home, lambda: door.bind(_SOCKET))


def _at(home: Path, act: Callable[[], None]) -> None:
    """Use the short relative name: a Unix socket's path may not exceed 107 bytes."""
    with _CHDIR:
        before = Path.cwd()
        os.chdir(home)
        try:
            act()
        finally:
            os.chdir(before)
