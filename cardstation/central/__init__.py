"""The central ledger: a service over PostgreSQL that keeps every station's facts, in balance."""
