"""The station's client of the central ledger."""
