"""Starts the bridge process, asks it one thing at a time, and ends it when it misbehaves."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

from cardstation.errors import LinkFailed, ReaderHung

PROGRAM = Path(__file__).with_name("process.py")
_END = ""
_LAST_BREATH_S = 2.0


class LibraryProcess:
    """One life of a bridge process.

    Args:
        name: The library's, for errors.
        python: An interpreter of the library's width; empty = this one.
    """

    def __init__(self, name: str, python: str = "") -> None:
        self._name = name
        command = [python or sys.executable, "-I", "-S", str(PROGRAM)]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            raise LinkFailed("library_not_loaded", library=name, found=str(error)) from error
        self._answers: queue.Queue[str] = queue.Queue()
        self._listener = threading.Thread(
            target=self._listen, args=(self._process.stdout,), name=f"bridge {name}", daemon=True
        )
        self._listener.start()

    @property
    def alive(self) -> bool:
        """It has not ended."""
        return self._process.poll() is None

    def ask(self, question: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        """Ask one thing; after any failure the process is gone.

        Raises:
            ReaderHung: `library_hung`: no answer in time; what the card got is unknown.
            LinkFailed: `library_crashed` (it died), `library_garbage` (no answer of ours),
                `library_not_loaded` (not usable as described).
        """
        try:
            return self._answer(question, timeout_s)
        except LinkFailed:
            self.end()
            raise

    def _answer(self, question: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        pipe = self._process.stdin
        if pipe is None or pipe.closed:
            raise LinkFailed("library_crashed", library=self._name, status=self._status())
        try:
            pipe.write(json.dumps(question) + "\n")
            pipe.flush()
            line = self._answers.get(timeout=timeout_s)
        except queue.Empty as error:
            raise ReaderHung("library_hung", library=self._name) from error
        except OSError as error:
            raise self._crashed() from error
        if line == _END:
            raise self._crashed()
        return self._understood(line)

    def _understood(self, line: str) -> dict[str, Any]:
        try:
            answer = json.loads(line)
        except ValueError as error:
            raise LinkFailed("library_garbage", library=self._name, place="") from error
        if not isinstance(answer, dict):
            raise LinkFailed("library_garbage", library=self._name, place="")
        if "failed" in answer:
            raise LinkFailed("library_not_loaded", library=self._name, found=str(answer["failed"]))
        return answer

    def _crashed(self) -> LinkFailed:
        return LinkFailed("library_crashed", library=self._name, status=self._status())

    def _status(self) -> int:
        """How it ended; it gets a moment to have ended."""
        try:
            return self._process.wait(_LAST_BREATH_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def end(self) -> None:
        """Kill the process and wait until it and its listener are gone."""
        self._process.kill()
        self._process.wait()
        self._listener.join(_LAST_BREATH_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _close(pipe)

    def _listen(self, answers: IO[str] | None) -> None:
        for line in answers or ():
            self._answers.put(line)
        self._answers.put(_END)


def _close(pipe: IO[str]) -> None:
    try:
        pipe.close()
    except OSError:
        return
