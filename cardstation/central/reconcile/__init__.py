"""Reconciliation: files of others, cash counts, days sealed, and how much money is explained."""
