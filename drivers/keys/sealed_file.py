"""Secret files: readable by their owner only, written whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from cardstation.errors import Refusal
from drivers.keys.secret import Secret

_OTHERS = 0o077
_OWNER_ONLY = 0o600


def read_sealed(path: Path) -> Secret | None:
    """Read a secret written in hex; None when there is no such file.

    Raises:
        Refusal: `secret_file_open` when others may read or write it; `secret_unreadable`.
    """
    text = read_own(path)
    return None if text is None else unsealed(text, path.name)


def read_own(path: Path) -> bytes | None:
    """What stands in a file of its owner; None when there is no such file.

    Raises:
        Refusal: `secret_file_open` when others may read or write it; `secret_unreadable`.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if os.name == "posix" and mode & _OTHERS:
                raise Refusal("secret_file_open", file=path.name, mode=f"{mode:04o}")
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refusal("secret_unreadable", file=path.name) from error


def unsealed(text: bytes, name: str) -> Secret:
    """A secret from its hex text.

    Raises:
        Refusal: `secret_unreadable`; the text itself is in no error.
    """
    try:
        value = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        value = b""
    if not value:
        raise Refusal("secret_unreadable", file=name)
    return Secret(value)


def write_sealed(path: Path, secret: Secret, *, replace: bool = False) -> Secret:
    """Write a secret in hex with mode 0600.

    Args:
        path: The file; its folder is made when missing.
        secret: What to keep.
        replace: Without it an existing file wins, and its secret is returned.

    Returns:
        The secret that stands in the file now.
    """
    if write_own(path, secret.reveal().hex().encode() + b"\n", replace=replace):
        return secret
    return read_sealed(path) or secret


def write_own(path: Path, text: bytes, *, replace: bool = False) -> bool:
    """Write a file that only its owner may read, whole or not at all.

    Returns:
        False when the file was there already and stays as it is; never with `replace`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
            return True
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
    finally:
        draft.unlink(missing_ok=True)
    return True
