"""Rebuilds the station's records from entries that it lost and the ledger still holds."""
