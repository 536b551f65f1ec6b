"""Card codes: derived per card number, from a public constant for training areas only.

Code = first bytes (three for SLE4442) of HMAC-SHA256(master, purpose ‖ maker ‖ 0 ‖ card number ‖
round). Round starts at 0 and rises while the code is one that a blank or worn-out card shows
(all FF, all 00).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from itertools import count

from cardstation.domain.meter import MakerRules
from cardstation.errors import Refusal, ensure
from cardstation.ports.keys import CardKeys
from drivers.keys.secret import Secret
from drivers.makers import MAKERS

_PURPOSE = b"cardstation card code 1\x00"
_DEMO_MASTER = b"Published on purpose: training cards only."


class DerivedCardKeys:
    """Codes derived from a master secret; implements `cardstation.ports.keys.CardKeys`.

    Args:
        master: At least 16 bytes, from the keyring or a 0600 file, never from the repository.
    """

    __slots__ = ("_master",)

    def __init__(self, master: Secret | bytes) -> None:
        self._master = master if isinstance(master, Secret) else Secret(master)
        if len(self._master.reveal()) < 16:
            raise Refusal("secret_unreadable", file="")

    def code_for(self, maker: str, card_no: str, length: int = 3) -> bytes:
        """The code of a card."""
        return _derive(self._master, maker, card_no, length)


class DemoCardKeys:
    """Codes anybody can compute, for training areas only; implements `CardKeys`."""

    __slots__ = ("_makers",)

    def __init__(self, makers: Sequence[MakerRules] = MAKERS) -> None:
        self._makers = frozenset(maker.code for maker in makers if maker.training)

    def code_for(self, maker: str, card_no: str, length: int = 3) -> bytes:
        """The code of a training card.

        Raises:
            Refusal: code `no_key_for_maker`, for every maker that is not a training area.
        """
        if maker not in self._makers:
            raise Refusal("no_key_for_maker", maker=maker)
        return _derive(Secret(_DEMO_MASTER), maker, card_no, length)


class CombinedCardKeys:
    """Demo codes for training areas, derived ones for all others; implements `CardKeys`.

    Args:
        master: None = this station has no master secret and opens training cards only. A
            callable is asked once, when the first code that needs it is wanted: a keyring is
            slow, and may ask a human.
    """

    __slots__ = ("_demo", "_derived", "_master", "_training")

    def __init__(
        self,
        master: Secret | bytes | Callable[[], Secret | None] | None,
        makers: Sequence[MakerRules] = MAKERS,
    ) -> None:
        self._demo: CardKeys = DemoCardKeys(makers)
        self._master = master
        self._derived: CardKeys | None = None
        self._training = {maker.code: maker.training for maker in makers}

    def code_for(self, maker: str, card_no: str, length: int = 3) -> bytes:
        """The code of a card.

        Raises:
            Refusal: code `no_key_for_maker`: an unknown maker, or no master secret;
                `secret_file_open`, `secret_unreadable`.
        """
        if self._training.get(maker, False):
            return self._demo.code_for(maker, card_no, length)
        derived = self._by_master() if maker in self._training else None
        if derived is None:
            raise Refusal("no_key_for_maker", maker=maker)
        return derived.code_for(maker, card_no, length)

    def _by_master(self) -> CardKeys | None:
        if self._derived is None:
            master = self._master() if callable(self._master) else self._master
            self._derived = None if master is None else DerivedCardKeys(master)
        return self._derived


def _derive(master: Secret, maker: str, card_no: str, length: int) -> bytes:
    ensure(0 < length <= hashlib.sha256().digest_size, "a code is a part of one digest")
    card = _PURPOSE + maker.encode() + b"\x00" + card_no.encode()
    messages = (card + attempt.to_bytes(2) for attempt in count())
    codes = (hmac.new(master.reveal(), m, hashlib.sha256).digest()[:length] for m in messages)
    return next(code for code in codes if code not in (b"\xff" * length, bytes(length)))
