"""The bridge process: loads one maker's library and calls it; nothing of the product is imported.

It runs as a file of its own under any Python from 3.8 on, 32-bit ones too, because most makers'
libraries are 32-bit. It knows no card: it is told over its input, one JSON line each, which file
to load and which symbol to call with which bytes, and answers one JSON line::

    {"load": {"file": …, "convention": "cdecl" | "stdcall"}}              ─► {"loaded": true}
    {"call": {"symbol": …, "returns": "int32", "arguments": [argument …]}}
                                               ─► {"returned": 0, "out": [null | number | hex …]}

An argument is `{"type": "int32", "value": 5}` (by value), the same with `"out": true` (by
reference, given back), or `{"type": "bytes", "value": hex, "size": n}` (a buffer). An answer with
`failed` instead says what was wrong; the process then ends. What the library prints goes nowhere,
and when the station dies the process dies with it, even while the library hangs.
"""

from __future__ import annotations

import ctypes
import json
import os
import queue
import sys
import threading
from typing import Any, TextIO

TYPES: dict[str, Any] = {
    "int8": ctypes.c_int8,
    "uint8": ctypes.c_uint8,
    "int16": ctypes.c_int16,
    "uint16": ctypes.c_uint16,
    "int32": ctypes.c_int32,
    "uint32": ctypes.c_uint32,
    "int64": ctypes.c_int64,
    "uint64": ctypes.c_uint64,
    "float": ctypes.c_float,
    "double": ctypes.c_double,
}
GUARD = b"\xa5" * 64
"""Stands behind every buffer that a library may write to: one that writes past its end is found."""


class Unusable(Exception):
    """The library cannot be used as described, or has spoilt this process."""


def load(wanted: dict[str, Any]) -> Any:
    """Load a library with its own folder as the current one; they look for their files there.

    Raises:
        Unusable: not there, of the other width, or of a convention this machine does not have.
    """
    place = os.path.abspath(wanted["file"])  # noqa: PTH100  # no imports beyond need
    convention = wanted["convention"]
    if convention == "stdcall" and sys.platform != "win32":
        raise Unusable("stdcall is a convention of Windows")
    try:
        os.chdir(os.path.dirname(place))  # noqa: PTH120
        if sys.platform == "win32":
            ctypes.windll.kernel32.SetErrorMode(0x8003)  # no boxes that wait for a click
            return ctypes.WinDLL(place) if convention == "stdcall" else ctypes.CDLL(place)
        return ctypes.CDLL(place)
    except OSError as error:
        raise Unusable(str(error)) from error


def call(library: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    """Call one function.

    Raises:
        Unusable: no such symbol, or a buffer was written past its end.
    """
    try:
        function = getattr(library, wanted["symbol"])
    except AttributeError as error:
        raise Unusable(f"no function {wanted['symbol']}") from error
    function.restype = TYPES[wanted["returns"]]
    arguments = wanted["arguments"]
    passed = [_passed(one) for one in arguments]
    returned = function(*passed)
    out = [_given_back(one, value) for one, value in zip(arguments, passed)]  # noqa: B905
    return {"returned": returned, "out": out}


def _passed(argument: dict[str, Any]) -> Any:
    kind, value = argument["type"], argument.get("value")
    if kind == "bytes":
        given = bytes.fromhex(value or "")
        return _guarded(given.ljust(argument["size"], b"\x00"))
    number = TYPES[kind](value or 0)
    return _guarded(bytes(number)) if argument.get("out") else number


def _guarded(content: bytes) -> Any:
    return ctypes.create_string_buffer(content + GUARD, len(content) + len(GUARD))


def _given_back(argument: dict[str, Any], passed: Any) -> Any:
    kind = argument["type"]
    if kind != "bytes" and not argument.get("out"):
        return None
    content = passed.raw[: -len(GUARD)]
    if passed.raw[-len(GUARD) :] != GUARD:
        raise Unusable("a buffer was written past its end")
    if kind == "bytes":
        return content.hex()
    return TYPES[kind].from_buffer_copy(content).value


def serve(lines: queue.Queue[str], answers: TextIO) -> int:
    """Answer one line after another until the library cannot be used any more."""
    library: Any = None
    while True:
        asked = json.loads(lines.get())
        try:
            if "load" in asked:
                library = load(asked["load"])
                answer = {"loaded": True}
            else:
                answer = call(library, asked["call"])
        except Unusable as unusable:
            print(json.dumps({"failed": str(unusable)}), file=answers, flush=True)
            return 1
        print(json.dumps(answer), file=answers, flush=True)


def _listen(questions: TextIO, lines: queue.Queue[str]) -> None:
    """Take questions in; when nobody is left to ask any, end at once, whatever hangs."""
    for line in questions:
        lines.put(line)
    os._exit(0)


def main() -> int:
    """Keep the pipe to ourselves, then serve: the library gets neither our input nor our output."""
    questions, answers = os.fdopen(os.dup(0), encoding="utf-8"), os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for place in (0, 1, 2):
        os.dup2(nowhere, place)
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(questions, lines), daemon=True).start()
    return serve(lines, answers)


if __name__ == "__main__":
    sys.exit(main())
