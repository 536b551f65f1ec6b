"""Cards that were pulled out half-way at this desk and have not come back: they go first.

::

    pulled ──► held ── the same card comes, or is finished elsewhere ──► free
                 └──── laid aside by the clerk (it stays under Exceptions) ──► free

While one is held, nothing is begun on another card: a clerk who takes the next customer's card
must see that the last one's is not finished. One key lays it aside, so the desk is never blocked.
In a batch every reader holds its own: the others go on, and the card may come back at any of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from cardstation.domain.topup import Step
from cardstation.errors import Refusal
from cardstation.services.identify import Inserted
from ui.desk_services import DeskServices

OTHER_CARD = "other_card_first"
"""The code of the refusal."""


@dataclass(frozen=True, slots=True)
class Torn:
    """A card in the middle of its write; names nobody.

    Attributes:
        step: How far it came.
    """

    maker: str
    card_no: str
    step: Step

    @property
    def tail(self) -> str:
        """The last four digits: enough for the clerk's hand, too few for the next customer."""
        return self.card_no[-4:]


class Unfinished(QObject):
    """Holds at most one torn card of each reader; shared by all who take cards.

    Attributes:
        changed: Another card is held, or none any more.
    """

    changed = Signal()

    def __init__(self, services: DeskServices) -> None:
        super().__init__()
        self._services = services
        self._lying: dict[str, tuple[str, str]] = {}
        self._torn: dict[str, Torn] = {}

    @property
    def torn(self) -> Torn | None:
        """What is held; the first, when several readers hold one."""
        return next(iter(self._torn.values()), None)

    def torn_at(self, reader: str) -> Torn | None:
        """What is held for a reader."""
        return self._torn.get(reader)

    def lies(self, card: Inserted, reader: str = "") -> None:
        """This card is in the reader now; should it be torn, its number is known."""
        self._lying[reader] = _key(card)

    def pulled(self, step: Step, reader: str = "") -> None:
        """The card that lay there is in the middle of its write."""
        if reader in self._lying:
            self._hold({**self._torn, reader: Torn(*self._lying[reader], step)})

    def left(self, reader: str) -> None:
        """No card lies there any more: its number is forgotten."""
        self._lying.pop(reader, None)

    def settled(self, reader: str) -> None:
        """The card that lies there was finished or answered for, wherever it was pulled."""
        key = self._lying.get(reader)
        kept = {at: one for at, one in self._torn.items() if (one.maker, one.card_no) != key}
        self._hold(kept)

    def free(self, reader: str | None = None) -> None:
        """Laid aside, or finished where there is only one; None: whatever is held."""
        self._hold({at: one for at, one in self._torn.items() if reader not in (None, at)})

    def ensure_first(self, card: Inserted, reader: str | None = None) -> None:
        """Ask on the card's lane, before anything is done with a card.

        Args:
            card: In the lane.
            reader: Only the card that this reader holds goes first; None: any that is held.

        Raises:
            Refusal: `other_card_first`.
        """
        torn = self.torn if reader is None else self.torn_at(reader)
        if torn is None or any(_key(card) == (one.maker, one.card_no) for one in self._all()):
            return
        if any(one.card_no == torn.card_no for one in self._services.open_intents()):
            raise Refusal(OTHER_CARD, tail=torn.tail)

    def _all(self) -> tuple[Torn, ...]:
        return tuple(self._torn.values())

    def _hold(self, torn: dict[str, Torn]) -> None:
        if torn != self._torn:
            self._torn = torn
            self.changed.emit()


def _key(card: Inserted) -> tuple[str, str]:
    identity = card.content.identity
    return identity.maker, identity.card_no
