"""The log file of a station: JSON lines, rotated, never a code, key or card secret.

Card traffic has its own level below DEBUG and is masked where it is made (drivers).
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from cardstation.errors import Mishap

TRAFFIC = 5


class JsonLines(logging.Formatter):
    """One JSON object per record: time, level, room, text."""

    def format(self, record: logging.LogRecord) -> str:
        """Render a record; an exception adds its type and place."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "room": record.name,
            "text": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_to_folder(home: Path, *, trace: bool = False) -> None:
    """Send the product's log to `home/logs/station.log` (5 files of 2 MB).

    Args:
        home: Data folder.
        trace: Also every exchange with a card, codes left out.

    Raises:
        Mishap: `home_unusable`: nothing can be written there.
    """
    logging.addLevelName(TRAFFIC, "TRAFFIC")
    folder = home / "logs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / "station.log", maxBytes=2_000_000, backupCount=5, encoding="utf-8"
        )
    except OSError as error:
        raise Mishap("home_unusable", folder=str(home), reason=error.strerror or "") from error
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(TRAFFIC if trace else logging.INFO)
