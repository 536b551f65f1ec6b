"""Keys of purses in a security box, or any token that speaks PKCS#11.

The masters are in the token, sensitive and not extractable, and so is every key derived from
them; what comes out are MACs and ciphers. A single DES key is made as a two-key 3DES key of equal
halves, since tokens know the one no more. TACs cannot be checked: no token puts one half of a key
over the other. Needs the extra `hsm`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from cardstation.errors import CardNotGenuine, Mishap
from cardstation.ports.purse import LoadOpening, LoadOrder, LoadPlan
from drivers.keys import pboc
from drivers.keys.purse_keys import card_factor
from drivers.keys.secret import Secret

KEY_BITS = 128


class TokenKey(Protocol):
    """A secret key in a token, as `pkcs11.SecretKey` turns out to be once it is found."""

    def derive_key(self, key_type: Any, key_length: int, **how: Any) -> Any:
        """A new key in the token, made of this one."""

    def encrypt(self, data: bytes, **how: Any) -> Any:
        """The cipher of whole blocks."""

    def destroy(self) -> None:
        """Let the token forget it."""


class TokenSession(Protocol):
    """A session with a token, as `pkcs11.Session` is."""

    def get_key(self, *, label: str) -> Any:
        """The one key of that name."""

    def close(self) -> None:
        """Log out."""


@dataclass(frozen=True, slots=True)
class HsmLabels:
    """What the masters are called in the token."""

    load: str = "purse-load"
    external: str = "purse-external"
    line: str = "purse-line"


class _DerivedFrom(ctypes.Structure):
    """CK_KEY_DERIVATION_STRING_DATA of PKCS#11: where the data stand, and how many."""

    _fields_ = (("data", ctypes.c_void_p), ("length", ctypes.c_ulong))


class HsmPurseKeys:
    """Asks a token over PKCS#11; implements `cardstation.ports.purse.PurseKeys`.

    Args:
        session: Logged in, kept open as long as this is used; see `open_token`.
        terminal: Six bytes that name this desk in every load.
        levels: Factors of the levels above the card's own, uppermost first.
    """

    def __init__(
        self,
        session: TokenSession,
        terminal: bytes,
        *,
        labels: HsmLabels = HsmLabels(),
        levels: tuple[bytes, ...] = (),
    ) -> None:
        self._session = session
        self._terminal = terminal
        self._labels = labels
        self._levels = levels

    @property
    def terminal(self) -> bytes:
        """The six bytes this desk has in every load."""
        return self._terminal

    def accept(self, card: bytes, order: LoadOrder, opening: LoadOpening) -> bytes:
        """Check MAC1 and answer with MAC2; the session key never leaves the token.

        Raises:
            CardNotGenuine: MAC1 is wrong. Mishap: `hsm_silent`.
        """
        stand = opening.stand
        text = pboc.load_session_text(opening.challenge, stand.sequence)
        with _told(), ExitStack() as used:
            key = self._card_key(used, self._labels.load, card)
            session = _derived(used, key, text + text)
            wanted = _chained(session, pboc.padded(pboc.mac1_text(stand.balance_fen, order)))
            if Secret(wanted[: pboc.MAC_BYTES]) != Secret(opening.mac1):
                raise CardNotGenuine(card=card.hex())
            return _chained(session, pboc.padded(pboc.mac2_text(order)))[: pboc.MAC_BYTES]

    def tac_fits(self, plan: LoadPlan, tac: bytes) -> bool | None:  # noqa: ARG002
        """A token cannot make the key of TACs."""
        return None

    def authentication(self, card: bytes, challenge: bytes) -> bytes:
        """The answer to a card's challenge.

        Raises:
            Mishap: `hsm_silent`.
        """
        with _told(), ExitStack() as used:
            key = self._card_key(used, self._labels.external, card)
            return _encrypted(key, challenge.ljust(pboc.BLOCK, b"\x00"))

    def protected(
        self, card: bytes, challenge: bytes, head: bytes, data: bytes, *, encrypted: bool
    ) -> bytes:
        """What goes after Lc of a command under secure messaging.

        Raises:
            Mishap: `hsm_silent`.
        """
        with _told(), ExitStack() as used:
            above = self._above(used, self._labels.line)
            factor = card_factor(card)
            key, left = _derived(used, above, _both(factor)), _derived(used, above, factor * 2)
            sent = _encrypted(key, pboc.line_text(data)) if encrypted else data
            text = pboc.padded(head + bytes([len(sent) + pboc.MAC_BYTES]) + sent)
            chained = challenge.ljust(pboc.BLOCK, b"\x00")
            if len(text) > pboc.BLOCK:
                chained = _chained(left, text[: -pboc.BLOCK], chained)
            last = zip(chained, text[-pboc.BLOCK :], strict=True)
            return sent + _encrypted(key, bytes(a ^ b for a, b in last))[: pboc.MAC_BYTES]

    def _above(self, used: ExitStack, label: str) -> TokenKey:
        key: TokenKey = self._session.get_key(label=label)
        for factor in self._levels:
            key = _derived(used, key, _both(factor))
        return key

    def _card_key(self, used: ExitStack, label: str, card: bytes) -> TokenKey:
        return _derived(used, self._above(used, label), _both(card_factor(card)))


@contextmanager
def open_token(library: str, token: str, pin: Secret) -> Iterator[TokenSession]:
    """Log in to a token for as long as the context lasts.

    Args:
        library: Path of the token maker's PKCS#11 library.
        token: The token's label.
        pin: The user's.

    Raises:
        Mishap: code `hsm_silent`: no such library or token, or it refuses the PIN.
    """
    import pkcs11

    with _told():
        found = pkcs11.lib(library).get_token(token_label=token)
        session = found.open(user_pin=pin.reveal().decode())
    try:
        yield session
    finally:
        session.close()


def _both(factor: bytes) -> bytes:
    return factor + bytes(byte ^ 0xFF for byte in factor)


def _derived(used: ExitStack, key: TokenKey, text: bytes) -> TokenKey:
    """The key that is the 3DES of 16 bytes; it stays in the token and goes with the call."""
    from pkcs11 import KeyType, Mechanism

    kept = ctypes.create_string_buffer(text, len(text))
    given = bytes(_DerivedFrom(ctypes.addressof(kept), len(text)))
    derived: TokenKey = key.derive_key(
        KeyType.DES2,
        KEY_BITS,
        mechanism=Mechanism.DES3_ECB_ENCRYPT_DATA,
        mechanism_param=given,
        template=_inside(),
    )
    used.callback(derived.destroy)
    return derived


def _inside() -> Mapping[int, object]:
    from pkcs11 import Attribute
    from pkcs11.constants import DEFAULT

    return MappingProxyType(
        {
            Attribute.DERIVE: True,
            Attribute.ENCRYPT: True,
            Attribute.SENSITIVE: True,
            Attribute.EXTRACTABLE: False,
            Attribute.TOKEN: False,
            Attribute.VALUE_LEN: DEFAULT,
        }
    )


def _encrypted(key: TokenKey, data: bytes) -> bytes:
    from pkcs11 import Mechanism

    return bytes(key.encrypt(data, mechanism=Mechanism.DES3_ECB))


def _chained(key: TokenKey, data: bytes, start: bytes = pboc.ZEROS) -> bytes:
    from pkcs11 import Mechanism

    whole = key.encrypt(data, mechanism=Mechanism.DES3_CBC, mechanism_param=start)
    return bytes(whole)[-pboc.BLOCK :]


@contextmanager
def _told() -> Iterator[None]:
    """Tell every error of the token as one of ours; its text may say more than it should."""
    from pkcs11.exceptions import PKCS11Error

    try:
        yield
    except (PKCS11Error, RuntimeError) as error:
        raise Mishap("hsm_silent", reason=type(error).__name__) from None
