"""Invoices: which receipts go to the invoice system, what it answers, and what is reversed."""
