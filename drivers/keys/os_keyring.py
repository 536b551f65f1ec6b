"""The operating system's keyring, where there is one; a machine without one is nothing special."""

from __future__ import annotations

from drivers.keys.sealed_file import unsealed
from drivers.keys.secret import Secret

SERVICE = "cardstation"


def read_keyring(name: str) -> Secret | None:
    """A secret from the keyring; None when it is not there or there is no keyring.

    Raises:
        Refusal: `secret_unreadable`, when what is kept there is no secret of ours.
    """
    import keyring
    from keyring.errors import KeyringError

    try:
        text = keyring.get_password(SERVICE, name)
    except KeyringError:
        return None
    return None if text is None else unsealed(text.encode(), name)


def write_keyring(name: str, secret: Secret) -> bool:
    """Keep a secret in the keyring; False when there is none that gives it back."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, name, secret.reveal().hex())
    except KeyringError:
        return False
    return read_keyring(name) == secret
