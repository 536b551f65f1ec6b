"""`python -m cardstation.bootstrap demo`: what `./dev run` starts."""

from __future__ import annotations

import sys

from cardstation.bootstrap.demo import run_demo

if __name__ == "__main__":
    sys.exit(run_demo(sys.argv[2:]))
