"""Passwords of people at the centre as Argon2id hashes, and how many are worked on at once."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from cardstation.errors import Mishap, Refusal

LENGTH_LEAST = 10
LENGTH_MOST = 200
WORD_LEAST = 8
JOINT = "-"
_AT_ONCE = 2
_PATIENCE_S = 5.0

# The second recommended option of RFC 9106 §4: 3 passes, 64 MiB, 4 lanes.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4, type=Type.ID)
_WORKED_ON = threading.BoundedSemaphore(_AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn to work on a password somebody sent.

    Each takes 64 MiB and a processor: who logs in a thousand times at once starves nobody else,
    and cannot try more often than failed logins are counted.

    Raises:
        Mishap: `ledger_overloaded`.
    """
    if not _WORKED_ON.acquire(timeout=_PATIENCE_S):
        raise Mishap("ledger_overloaded")
    try:
        yield
    finally:
        _WORKED_ON.release()


def hash_secret(secret: str) -> str:
    """A new hash, PHC text."""
    return _HASHER.hash(secret)


def matches(kept: str, secret: str) -> bool:
    """Whether a password is the one behind a hash; no hash takes as long as a wrong password."""
    try:
        return _HASHER.verify(kept or _of_nobody(), secret[:LENGTH_MOST]) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


def opens(kept: str, secret: str) -> bool:
    """Whether a password is the one behind what is kept: one hash, or those of two halves."""
    of_code, _, of_word = kept.partition(" ")
    if not of_word:
        return matches(kept, secret)
    word, _, code = secret.rpartition(JOINT)
    good = matches(of_code, code)
    return matches(of_word, word) and good


def refuse_weak(secret: str, name: str) -> None:
    """Refuse a password that is too short, too plain or holds the person's own name.

    Raises:
        Refusal: `password_weak`.
    """
    plain = len(set(secret)) < 5 or name in secret.lower()
    if not LENGTH_LEAST <= len(secret) <= LENGTH_MOST or plain:
        raise Refusal("password_weak", least=LENGTH_LEAST)


def first_secret() -> str:
    """A password nobody can foresee, to be changed at the first login."""
    return secrets.token_hex(9)


@cache
def _of_nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(12))
