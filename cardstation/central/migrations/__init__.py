"""Versions of the central ledger's schema."""
