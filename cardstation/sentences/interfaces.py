"""Sentences of what other systems are given: the outbox, logins that only read, invoices."""

from __future__ import annotations

from cardstation.sentences.phrases import Words

_NOTHING = "Nothing was changed."

TABLE = {
    "outbox_cursor_bad": Words(
        "No such place",
        "“{cursor}” is no place of the outbox.",
        _NOTHING,
        "Go on with `next` of the last answer, or begin with 0.",
    ),
    "outbox_other_books": Words(
        "Other books",
        "The fact that was read last ({cursor}) is not in these books: they come from a backup.",
        "What was read stays true; facts may come once more, and others since.",
        "Begin with 0 again and pass over every entry_id that is known.",
    ),
    "outbox_from_dump": Words(
        "Outbox from a dump",
        "These books were written from a dump, and count their transactions from the beginning.",
        "Nothing was told: what comes next would stand before what was read.",
        "Their owner numbers the outbox again: docs/interfaces.md says how.",
    ),
    "reader_name_bad": Words(
        "Name not possible",
        "“{name}” is no name of a login: small letters, digits and underscores, three at least.",
        _NOTHING,
        "Choose another name.",
    ),
    "reader_name_taken": Words(
        "Name taken",
        "The database has a role {name} that is no login of this kind.",
        _NOTHING,
        "Choose another name.",
    ),
    "invoice_receipt_unknown": Words(
        "No such receipt",
        "No desk has sent a receipt {receipt_no}.",
        _NOTHING,
        "Read the number off the paper again; it may still lie unsent at its desk.",
    ),
    "invoice_not_billable": Words(
        "No invoice for this",
        "The load of receipt {receipt_no} was taken back, is in doubt, or was paid elsewhere.",
        _NOTHING,
        "Look at the household's history.",
    ),
    "invoice_open": Words(
        "Invoice given",
        "Receipt {receipt_no} has invoice request {number} already.",
        "No money has two invoices.",
        "Reverse that one with a red-letter invoice first.",
    ),
    "invoice_number_bad": Words(
        "No invoice number",
        "“{said}” is no number of an invoice: 20 digits, or 8 digits and a code of 10 or 12.",
        _NOTHING,
        "Read it off the invoice again.",
    ),
    "invoice_number_taken": Words(
        "Invoice number taken",
        "Invoice {said} is on record for another request.",
        _NOTHING,
        "Read it off the invoice again.",
    ),
    "tax_number_bad": Words(
        "No tax number",
        "“{said}” is no taxpayer number: 15, 18 or 20 letters and digits.",
        _NOTHING,
        "Read it off the household's papers again.",
    ),
    "title_missing": Words(
        "Title missing",
        "An invoice needs the name it is made out to.",
        _NOTHING,
        "Say it with --title.",
    ),
    "seller_unreadable": Words(
        "Seller's file not readable",
        "The file {file} does not say who sells: {reason}",
        _NOTHING,
        "It names name, tax_no, goods_code, goods_name and rate_percent.",
    ),
    "period_bad": Words(
        "Period not possible",
        "The last day lies before the first, or is not over yet.",
        _NOTHING,
        "Say days that are over.",
    ),
    "invoice_file_unknown": Words(
        "No such file",
        "There is no file of invoice requests {number}.",
        _NOTHING,
        "The page Invoices lists the files.",
    ),
}

PHRASES = {
    "bad.invoice_unknown": "no such request",
    "bad.invoice_word": "neither issued, refused nor red letter",
    "bad.invoice_number": "no number of an invoice",
    "bad.invoice_day": "no day",
    "bad.invoice_amount": "another amount than was asked for",
    "bad.invoice_number_taken": "this invoice is on record for another request",
    "bad.invoice_not_issued": "a red letter for what was never issued",
    "bad.invoice_answered": "answered before with something else",
    "invoice.asked": "Invoice asked for",
    "invoice.issued": "Invoiced",
    "invoice.refused": "Invoice refused",
    "invoice.red_letter_due": "Red letter due",
    "invoice.recall_due": "To be recalled",
    "invoice.red_letter": "Reversed in red",
    "invoice.electronic": "E-invoice",
    "invoice.paper": "Paper invoice",
}
