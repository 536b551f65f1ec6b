"""Sentences of the central ledger, about what it was sent and about itself."""

from __future__ import annotations

from cardstation.sentences.phrases import (
    FROZEN,
    SAFE,
    STORED,
    SUPERVISOR,
    Words,
)

TABLE = {
    "batch_empty": Words(
        "Nothing sent",
        "The station sent the ledger an empty batch.",
        "Nothing is lost: every sale stays on this station.",
        SUPERVISOR,
    ),
    "batch_too_large": Words(
        "Too much at once",
        "The station sent more than {most} entries at once.",
        "Nothing is lost: every sale stays on this station.",
        SUPERVISOR,
    ),
    "other_station": Words(
        "Entry of another station",
        "An entry in the batch belongs to another station.",
        "Nothing is lost: every sale stays on this station.",
        SUPERVISOR,
    ),
    "entry_unreadable": Words(
        "Entry not readable",
        "An entry of this station cannot be read.",
        "Its bytes are kept as they are; nothing of it is booked until a person has looked.",
        SUPERVISOR,
    ),
    "entry_id_reused": Words(
        "Entry sent under a used number",
        "An entry carries a number that the ledger has already booked.",
        "Its bytes are kept as they are; nothing of it is booked until a person has looked.",
        SUPERVISOR,
    ),
    "signature_bad": Words(
        "Signature not valid",
        "The ledger does not accept the station's signature.",
        "Nothing is lost: every sale stays on this station.",
        SUPERVISOR,
    ),
    "nonce_stale": Words(
        "Message too old",
        "The message was signed for an earlier conversation with the ledger.",
        "Nothing is lost: every sale stays on this station.",
        "The station tries again by itself.",
    ),
    "ledger_gap": Words(
        "Entries missing at the ledger",
        "Entries of this station are missing at the ledger.",
        "Nothing is lost: every sale stays on this station.",
        "The station sends them again by itself; if this stays, call the supervisor.",
    ),
    "ledger_epoch": Words(
        "Station was restored",
        "The ledger counts another beginning of this station's records: they were "
        "restored from a copy.",
        FROZEN,
        SUPERVISOR,
    ),
    "ledger_fork": Words(
        "Two stations under one name",
        "The ledger holds other entries under this station's name: the station was "
        "copied or restored.",
        "Both records are kept; nothing new is sold until they are compared.",
        SUPERVISOR,
    ),
    "station_unknown": Words(
        "Station not enrolled",
        "The ledger does not know station {station}.",
        "Nothing is lost: every sale stays on this station.",
        "Enrol the station with a code from the centre.",
    ),
    "station_enrolled": Words(
        "Station name taken",
        "Station {station} is already enrolled with another key.",
        "Nothing is lost: every sale stays on this station.",
        SUPERVISOR,
    ),
    "station_suspended": Words(
        "Station suspended",
        "The centre has suspended this station.",
        FROZEN,
        SUPERVISOR,
    ),
    "station_revoked": Words(
        "Station revoked",
        "The centre has revoked this station.",
        FROZEN,
        SUPERVISOR,
    ),
    "enrolment_code_bad": Words(
        "Enrolment code not valid",
        "The enrolment code is wrong, used or too old.",
        SAFE,
        "Ask the centre for a new code.",
    ),
    "ledger_overloaded": Words(
        "Ledger busy",
        "The ledger is busy and did not take the entries.",
        STORED,
        "The station tries again by itself.",
    ),
    "ledger_commit_unknown": Words(
        "Ledger's answer lost",
        "It is not certain whether the ledger booked the entries.",
        "They are sent again; nothing is booked twice.",
        "The station tries again by itself.",
    ),
    "ledger_busy": Words(
        "Ledger already running",
        "Another ledger service uses the folder {folder}.",
        SAFE,
        "Use the one that runs, or stop it first.",
    ),
    "ledger_newer": Words(
        "Ledger from a newer version",
        "The ledger's database has form {found}; this program knows {known}.",
        "Nothing was posted.",
        "Start the newer version.",
    ),
    "ledger_database_gone": Words(
        "Ledger's database is silent",
        "The ledger's database does not answer.",
        "Nothing was booked and nothing is lost; the stations send again.",
        "Start PostgreSQL, or check its address, and start the ledger again.",
    ),
    "ledger_not_durable": Words(
        "Ledger could lose entries",
        "The database setting {setting} is {found}, so a power cut could lose entries.",
        "Nothing was posted.",
        "Correct the database setting and start the ledger again.",
    ),
    "ledger_role_too_strong": Words(
        "Ledger's user is too strong",
        "The ledger's database user may change or delete rows of {table}.",
        "Nothing was posted.",
        "Take these rights away and start the ledger again.",
    ),
    "order_differs": Words(
        "Order known differently",
        "Order {order_id} is on file with other contents.",
        "Nothing was posted.",
        SUPERVISOR,
    ),
    "postgres_missing": Words(
        "PostgreSQL missing",
        "PostgreSQL {oldest} or newer is not installed.",
        SAFE,
        "Start the program with ./dev run, which installs it.",
    ),
    "postgres_needs_user": Words(
        "PostgreSQL needs another user",
        "PostgreSQL does not run as root, and no way to run it as another user was found.",
        SAFE,
        "Start the ledger as an ordinary user.",
    ),
    "postgres_failed": Words(
        "Database did not start",
        "The ledger's database did not start: {said}",
        STORED,
        "Look at {log}, then start again.",
    ),
    "local_only": Words(
        "Only at the ledger itself",
        "The ledger allows this only from its own computer.",
        "Nothing was posted.",
        "Do it at the ledger's own computer.",
    ),
    "request_unreadable": Words(
        "Request not readable",
        "The ledger cannot read the request.",
        "Nothing is lost: every sale stays on this station.",
        SUPERVISOR,
    ),
    "request_cut": Words(
        "Request cut off",
        "A request to the ledger never came to its end: the line is cut or far too slow.",
        STORED,
        "The station tries again by itself.",
    ),
    "port_taken": Words(
        "Port in use",
        "Another program listens at {host}, port {port}.",
        SAFE,
        "Choose another port, or stop the other program.",
    ),
    "ledger_schema_old": Words(
        "Ledger must be migrated",
        "The ledger's database has form {found}; this program needs {known}.",
        "Nothing was posted.",
        "Migrate the database, then start the ledger again.",
    ),
    "central_not_started": Words(
        "Ledger did not start",
        "The local ledger service did not start: {said}",
        STORED,
        "Look at {log}, then start again.",
    ),
    "ledger_answer_unreadable": Words(
        "Ledger's answer not readable",
        "Something answered at the ledger's address, but not the ledger.",
        STORED,
        "Check the ledger's address in Settings and the network.",
    ),
    "ledger_bad_address": Words(
        "Ledger's address not valid",
        "The ledger's address in the settings is not an address.",
        STORED,
        "Correct the ledger's address in Settings.",
    ),
    "ledger_busy_now": Words(
        "Ledger busy",
        "The ledger is busy and asked the station to wait.",
        STORED,
        "The station tries again by itself.",
    ),
    "ledger_ahead": Words(
        "Ledger knows more than we do",
        "The ledger holds entries that this station no longer has: its records were lost "
        "or restored.",
        FROZEN,
        SUPERVISOR,
    ),
    "nothing_confirmed": Words(
        "Nothing confirmed yet",
        "The ledger has confirmed no entry of this station yet.",
        SAFE,
        "Run `cardstation sync` first.",
    ),
    "ledger_signature_bad": Words(
        "Not our ledger",
        "What answered at {url} is not the centre this station enrolled at.",
        "Nothing was stored; every sale is safe on this station.",
        "Check the ledger's address; if the centre has a new key, enrol the station again.",
    ),
    "centre_key_other": Words(
        "Another centre's key",
        "What answered at {url} has another key than the centre this station knows.",
        "Nothing was changed: the station believes its own centre only, as before.",
        "Check the address. If the centre told you that its key is new, enrol with --new-key.",
    ),
    "ledger_answer_unsigned": Words(
        "Answer not signed",
        "The ledger at {url} does not sign its answers: its program is older than this station's, "
        "or something between removes what it signs.",
        "Nothing was stored; every sale is safe on this station.",
        "Have the centre's program brought up to date; then this is over by itself.",
    ),
    "two_persons_needed": Words(
        "Two people needed",
        "This is done only when two different people agree.",
        SAFE,
        "Ask a colleague who may approve it.",
    ),
    "rewind_not_here": Words(
        "Ledger ends elsewhere",
        "The ledger's last entry of station {station} is number {last_seq}.",
        "Nothing was changed.",
        "Give the number of the last entry the ledger still has.",
    ),
    "rejoin_contradicts": Words(
        "Records went another way",
        "Top-up {topup_id} is on file as {state}, and the ledger's next entry does not follow.",
        "Nothing was changed; everything the ledger holds is still there.",
        SUPERVISOR,
    ),
    "rejoin_begun": Words(
        "Station is being brought back",
        "This station has some or all of its lost entries again, but not its new epoch yet.",
        FROZEN,
        "Bring the station back once more; it goes on where it stopped.",
    ),
    "clock_needs_both": Words(
        "Two people needed",
        "No shift is open: two people write down why the clock was wrong, each with their own PIN.",
        FROZEN,
        "`cardstation clock --reason TEXT --clerk NAME --approver NAME`, with both PINs.",
    ),
    "clock_not_behind": Words(
        "Clock is not behind",
        "Nothing on record is later than the computer's clock: there is nothing to settle.",
        "Nothing was changed.",
        "Look at the date and time of the computer.",
    ),
    "reason_needed": Words(
        "Why the clock was wrong",
        "Two people say in words why the clock was wrong.",
        "Nothing was changed.",
        "Write down what happened, then confirm again.",
    ),
    "rejoin_needs_both": Words(
        "Two people needed",
        "No shift is open: two people bring a station back, each with their own PIN.",
        FROZEN,
        "`cardstation rejoin --clerk NAME --approver NAME`, with both PINs.",
    ),
    "rejoin_needs_clerks": Words(
        "Too few people on record",
        "These restored records know {count} people with a PIN; two are needed to bring it back.",
        FROZEN,
        "Put back a later copy of the data folder, or enrol this desk anew under another name.",
    ),
    "rejoin_not_needed": Words(
        "Nothing to bring back",
        "This station and the ledger hold the same entries.",
        SAFE,
        "Go on working.",
    ),
    "ledger_rewound": Words(
        "Ledger lost entries",
        "The ledger no longer holds entries it had confirmed.",
        FROZEN,
        SUPERVISOR,
    ),
}
