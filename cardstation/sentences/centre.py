"""Sentences of the centre's own pages and of the people who work with them."""

from __future__ import annotations

from cardstation.sentences.phrases import PICK_OTHER, SAFE, Words

_UNCHANGED = "Nothing was changed."
_AGAIN = "Open the page again and send the form once more."

TABLE = {
    "login_wrong": Words(
        "Login failed",
        "Name and password do not belong together.",
        SAFE,
        "Try again; who has lost the password gets a new one from a station admin.",
    ),
    "login_locked": Words(
        "Too many attempts",
        "Too many logins of this name or from this place have failed.",
        SAFE,
        "Wait {minutes} minutes, then try again.",
    ),
    "not_logged_in": Words(
        "Not logged in",
        "The session is over, or nobody has logged in.",
        _UNCHANGED,
        "Log in again.",
    ),
    "password_first": Words(
        "Choose your own password",
        "The password was given by somebody else and opens nothing but its own change.",
        _UNCHANGED,
        "Choose a password that only you know.",
    ),
    "password_weak": Words(
        "Password too weak",
        "A password has {least} characters or more, not the own name, not the same sign over and"
        " over.",
        _UNCHANGED,
        "Choose another one.",
    ),
    "password_wrong": Words(
        "Password not right",
        "The password is not the right one.",
        _UNCHANGED,
        "Type it again.",
    ),
    "password_differs": Words(
        "Passwords differ",
        "The new password was not typed the same way twice.",
        _UNCHANGED,
        "Type both again.",
    ),
    "right_missing": Words(
        "Not allowed for your role",
        "Your roles do not include this.",
        _UNCHANGED,
        "Ask somebody who has the role.",
    ),
    "form_stale": Words(
        "Form too old",
        "The form does not come from a page of this session.",
        _UNCHANGED,
        _AGAIN,
    ),
    "form_unreadable": Words(
        "Form not readable",
        "What was sent is no form of these pages.",
        _UNCHANGED,
        _AGAIN,
    ),
    "page_unknown": Words(
        "No such page",
        "There is nothing at this address.",
        _UNCHANGED,
        "Go on from the first page.",
    ),
    "page_late": Words(
        "Ledger busy",
        "The ledger has too much to do at the moment, or cannot be read.",
        _UNCHANGED,
        "Try again in half a minute; a page that you looked at comes by itself.",
    ),
    "act_unknown": Words(
        "Perhaps done",
        "The answer was lost: it is not certain whether this was done.",
        "It was done whole or not at all.",
        "Look at the page or the audit log first; do it again only if it is not there.",
    ),
    "export_too_long": Words(
        "Too long for one file",
        "More than {most} rows: {kind} would not hold all of them, and none may be missing.",
        _UNCHANGED,
        "Take it as CSV, or narrow it down to a shorter time.",
    ),
    "own_matter": Words(
        "It is about you",
        "Nobody decides about their own roles or password.",
        _UNCHANGED,
        "Somebody else decides it.",
    ),
    "word_short": Words(
        "First word missing",
        "Somebody new, and a new first password, need a first word of at least {least} signs.",
        _UNCHANGED,
        "Type one and tell it to the person; who approves tells them the second half.",
    ),
    "name_bad": Words(
        "Name not possible",
        "{name} cannot be a name: small letters, figures, dot and dash, 2 to 32, a letter first.",
        _UNCHANGED,
        PICK_OTHER,
    ),
    "name_taken": Words(
        "Name taken",
        "There is somebody called {name} already.",
        _UNCHANGED,
        PICK_OTHER,
    ),
    "name_unknown": Words(
        "Nobody of that name",
        "There is nobody called {name} at the centre.",
        _UNCHANGED,
        PICK_OTHER,
    ),
    "roles_missing": Words(
        "No role chosen",
        "Without a role {name} could do nothing.",
        _UNCHANGED,
        "Choose at least one role.",
    ),
    "reason_missing": Words(
        "No reason given",
        "This needs a reason in words; it is kept.",
        _UNCHANGED,
        "Write why.",
    ),
    "order_holder_silent": Words(
        "Held by a desk not heard since",
        "Station {station} could load the paid order {order_id} without the ledger, and may have;"
        " the ledger last heard of it at {since}.",
        "Nothing was written, and no money goes back.",
        "Have station {station} connect and send what it has; if it is lost for good, the centre"
        " takes it out of service.",
    ),
    "order_in_doubt": Words(
        "Nobody knows if it was loaded",
        "Station {station} could load the paid order {order_id}, and lost its records; the centre"
        " heard of it at {since}.",
        "Nothing was written, and no money goes back.",
        "Two people of the centre look at the household's card and meter, and withdraw the order or"
        " bind it anew with what they found.",
    ),
    "item_unknown": Words(
        "No such item",
        "There is no item {number} on the suspense desk.",
        _UNCHANGED,
        PICK_OTHER,
    ),
    "explained_already": Words(
        "Explained already",
        "Item {number} was explained by somebody before.",
        _UNCHANGED,
        "Look at the item again.",
    ),
    "proposed_already": Words(
        "Proposed already",
        "Proposal {number} about the same thing waits for a second person.",
        _UNCHANGED,
        "Have that one decided first.",
    ),
    "proposal_unknown": Words(
        "No such proposal",
        "There is no proposal {number}.",
        _UNCHANGED,
        PICK_OTHER,
    ),
    "decided_already": Words(
        "Decided already",
        "Proposal {number} was decided by somebody before.",
        _UNCHANGED,
        "Look at the list again.",
    ),
    "tariff_wrong": Words(
        "Tariff not possible",
        "Limits rise from step to step, every step has a price, and the last one has no end.",
        "No price was changed.",
        PICK_OTHER,
    ),
    "tariff_too_early": Words(
        "Tariff begins too early",
        "A tariff begins tomorrow at the earliest: what was sold today keeps its price.",
        "No price was changed.",
        PICK_OTHER,
    ),
    "tariff_there": Words(
        "Tariff there already",
        "There is a tariff {version} already; a price that was in force is never rewritten.",
        "No price was changed.",
        "Choose another first day.",
    ),
    "card_no_bad": Words(
        "Card number not possible",
        "A card number has 4 to 40 letters and figures.",
        _UNCHANGED,
        PICK_OTHER,
    ),
    "blacklist_same": Words(
        "Nothing to change",
        "Card {card_no} stands there like this already.",
        _UNCHANGED,
        PICK_OTHER,
    ),
    "station_name_bad": Words(
        "Station name not possible",
        "{station} cannot be a name: capitals, figures and dash, 2 to 20, a letter first.",
        _UNCHANGED,
        PICK_OTHER,
    ),
    "grant_figures_bad": Words(
        "Figures not possible",
        "Amounts are yuan from 0 to 10,000,000,000, hours whole and from 0 to 744 (a month),"
        " the age of the list from 0 to 8784; 0 is nothing.",
        _UNCHANGED,
        PICK_OTHER,
    ),
    "grant_team_bad": Words(
        "Team name not possible",
        "A team has a name of 1 to 40 letters and figures.",
        _UNCHANGED,
        PICK_OTHER,
    ),
    "grant_team_unknown": Words(
        "No such team",
        "Nobody has decided how much the team {team} may have out.",
        _UNCHANGED,
        "Have the ceiling of the team decided first.",
    ),
    "grant_team_full": Words(
        "More than the team may have",
        "The stations of team {team} would together have more than its ceiling;"
        " the others have {taken_fen}.",
        _UNCHANGED,
        "Propose less, or have the ceiling raised first.",
    ),
    "proof_runs": Words(
        "A proof runs already",
        "The books are being proved right now.",
        _UNCHANGED,
        "Wait for its result on this page.",
    ),
    "tls_needed": Words(
        "No certificate",
        "Without a certificate the ledger answers on this machine only, not at {host}.",
        SAFE,
        "Give --tls-cert and --tls-key, or leave --host away.",
    ),
    "tls_unreadable": Words(
        "Certificate not usable",
        "Certificate or key cannot be used: {reason}",
        SAFE,
        "Give the certificate chain and its key, as PEM files.",
    ),
}
