"""English of short things the pages say: what was done, what an act was, who is what."""

from __future__ import annotations

DONE = {
    "password_changed": "Your password was changed. Log in with the new one.",
    "logout": "You are logged out.",
    "explained": "The item is explained and closed.",
    "explanation_proposed": "Your explanation waits for a second person: money is in suspense.",
    "proposed": "Your proposal waits for a second person.",
    "approved": "Approved; it is in force.",
    "refused": "Refused; nothing changed.",
    "withdrawn": "Withdrawn; nothing changed.",
    "station_stopped": "The station is stopped; it is told at its next contact.",
    "person_retired": "Every role is taken away; open sessions are over.",
    "proof_asked": "The proof runs. Its result appears here when it has ended.",
    "file_taken": "The file is taken; it counts once a treasurer has accepted it.",
    "audit_proposed": "Your words wait for a treasurer.",
}
"""By the code of an act that was just done."""

ACTS = {
    "login": "Logged in",
    "login_failed": "Login failed",
    "logout": "Logged out",
    "password_changed": "Password changed",
    "password_reset": "Password reset",
    "household_seen": "Household looked at",
    "gas_looked_at": "Households by gas left looked at",
    "exported": "Exported",
    "explained": "Item explained",
    "explanation_proposed": "Explanation proposed",
    "proposed": "Proposed",
    "approved": "Approved",
    "refused": "Refused",
    "withdrawn": "Withdrawn",
    "station_stopped": "Station stopped",
    "person_added": "Person added",
    "station_enrolled": "Station enrolled by the code of an embedded ledger",
    "person_retired": "Person retired",
    "roles_given": "Roles given",
    "proof_asked": "Proof of the books begun",
    "proof_ended": "Proof of the books ended",
    "day_reconciled": "Day reconciled",
    "sum_put_right": "Stored sum put right",
    "file_taken": "File taken",
    "audit_proposed": "Item of the audit list explained",
    "invoices_asked": "Invoices asked for",
    "invoices_answered": "Answers about invoices taken",
    "invoice_title": "Title of a household's invoices",
    "invoice_on_paper": "Invoice on paper written down",
}
"""By the code in the audit log."""

GAS = {
    "out": "Used up",
    "days_3": "Within 3 days",
    "days_7": "Within 7 days",
    "days_14": "Within 14 days",
    "later": "More than 14 days",
    "loaded": "Loaded since",
    "unknown": "Not known",
    "stale": "Not known, reading too old",
}
"""By the state of a household's gas."""

ROLES = {
    "teller": "Teller",
    "supervisor": "Supervisor",
    "treasurer": "Treasurer",
    "station_admin": "Station admin",
    "auditor": "Auditor",
}

KINDS = {
    "tariff": "Tariff",
    "blacklist": "Blacklist",
    "station": "New station",
    "clerk": "Person",
    "explanation": "Explanation",
    "order": "Withdraw a paid order",
    "file": "File of a channel or a bank",
    "audit": "Item of the audit list",
    "grant": "Offline grants",
}

ENTRIES = {
    "received": "Lump sum received",
    "paid": "Paid",
    "armed": "Load begun",
    "sealed": "Gas on the card",
    "not_loaded": "Not loaded",
    "returned": "Gas taken off the card",
    "not_returned": "Not taken off",
    "refunded": "Money paid back",
    "elsewhere": "Finished elsewhere",
    "shift_opened": "Shift opened",
    "shift_closed": "Shift closed",
    "epoch": "New epoch",
    "clerk": "Clerk changed",
    "batch": "Batch",
    "released": "Line released",
    "given_back": "Rest given back",
    "arrears_paid": "Arrears paid",
    "clock": "Clock set right",
    "layout": "Card layout registered or taken out",
    "charged": "Charged at the counter",
    "paid_out": "Balance paid out",
    "account": "Account changed",
    "account_closed": "Account closed",
    "gas_due": "Gas due granted or withdrawn",
    "card_unblocked": "Reported card may be used again",
    "tool_card": "Tool card given out, back or lost",
    "carried": "Rest of an old meter, to the balance",
    "order": "Paid online",
    "order_withdrawn": "Paid online, withdrawn",
    "order_loaded": "Paid online, loaded by a channel",
    "unreadable": "Not readable",
}
"""By the kind of an entry of the journal."""

STATUSES = {"active": "In service", "suspended": "Suspended", "revoked": "Stopped"}

ACCOUNTS = {
    "tender": "Money taken",
    "gas_sold": "Gas sold",
    "unloaded": "Paid, not loaded",
    "unallocated": "Lump sums not used yet",
    "balance": "Balances of households",
    "arrears": "Arrears collected",
    "free": "Gas given without money",
    "fee": "Other fees",
    "suspense": "In suspense",
    "cash_over_short": "Cash over or short",
}
"""By the class of an account."""

TENDERS = {
    "cash": "Cash",
    "bank_transfer": "Bank transfer",
    "qr_code": "QR payment",
    "online": "Paid online",
    "make_up": "Make-up gas, not paid",
    "carried": "Carried over from the old meter, not paid",
    "emergency": "Emergency gas, owed",
}
