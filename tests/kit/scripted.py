"""A link that plays a table of exchanges: what must be sent, and what comes back."""

from __future__ import annotations


class ScriptedLink:
    """Plays `(command, answer)` pairs in hex and refuses anything else."""

    reader = "scripted"
    atr = bytes.fromhex("3B04A2131091")

    def __init__(self, *exchanges: tuple[str, str], dialect: str = "acs") -> None:
        self.dialect = dialect
        self.left = [(bytes.fromhex(sent), bytes.fromhex(back)) for sent, back in exchanges]
        self.closed = False

    def exchange(self, command: bytes) -> bytes:
        wanted, answer = self.left.pop(0)
        assert command == wanted, command.hex(" ")
        return answer

    def close(self) -> None:
        self.closed = True
