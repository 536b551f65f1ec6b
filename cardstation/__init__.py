"""What a prepayment station knows and does: no window, no reader driver, no printer."""

__version__ = "0.1.0"
