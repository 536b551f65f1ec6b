"""`cardstation`, without needing its script on the path."""

from __future__ import annotations

from cardstation.bootstrap import cli

if __name__ == "__main__":
    cli()
