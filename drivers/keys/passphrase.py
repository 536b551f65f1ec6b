"""The passphrase that wraps the device key: from the environment, a credential, or the terminal.

It is never an argument of a command, and stands in no log and no error.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from cardstation.errors import Refusal
from drivers.keys.secret import Secret

VARIABLE = "CARDSTATION_KEY_PASSPHRASE"
CREDENTIAL = "cardstation-key"
"""Name of the systemd credential (`LoadCredential=`), a file in `$CREDENTIALS_DIRECTORY`."""

Ask = Callable[[], Secret | None]


def nobody() -> Secret | None:
    """Nobody can be asked."""
    return None


def given_passphrase(environ: Mapping[str, str] = os.environ) -> Secret | None:
    """The passphrase that was given before the start, None when none was.

    Raises:
        Refusal: `secret_unreadable`: the credential is there and cannot be read.
    """
    text = environ.get(VARIABLE, "").encode()
    folder = environ.get("CREDENTIALS_DIRECTORY", "")
    if not text and folder:
        try:
            text = (Path(folder) / CREDENTIAL).read_bytes().rstrip(b"\r\n")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Refusal("secret_unreadable", file=CREDENTIAL) from error
    return Secret(text) if text else None
