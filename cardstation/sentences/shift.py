"""Sentences about clerks, their PINs, and shifts."""

from __future__ import annotations

from cardstation.sentences.phrases import PICK_OTHER, SAFE, Words

_NOT_SOLD = "No money is taken and no card is written before that; what is paid can be finished."

TABLE = {
    "clerk_unknown": Words(
        "No such clerk",
        "Nobody called “{name}” works at this station.",
        SAFE,
        "Check the name; a supervisor can add a clerk.",
    ),
    "pin_wrong": Words(
        "PIN wrong",
        "The PIN of {name} is wrong; {left} tries are left.",
        SAFE,
        "Type it again slowly.",
    ),
    "pin_locked": Words(
        "PIN locked",
        "The PIN of {name} was wrong five times; it is locked for {minutes} minutes.",
        SAFE,
        "Wait, or let a supervisor set a new PIN.",
    ),
    "pin_short": Words(
        "PIN too short",
        "A PIN has at least {digits} digits, and nothing but digits.",
        SAFE,
        "Choose another PIN.",
    ),
    "pin_simple": Words(
        "PIN too simple",
        "A PIN that repeats itself or counts up or down is guessed first.",
        SAFE,
        "Choose another PIN.",
    ),
    "pin_must_be_changed": Words(
        "Own PIN needed",
        "The PIN of {name} was set by a supervisor and counts for nobody yet.",
        SAFE,
        "{name} chooses an own one first: `cardstation clerk pin {name}`.",
    ),
    "pin_unchanged": Words(
        "Same PIN again",
        "The new PIN of {name} is the old one.",
        SAFE,
        "Choose another PIN.",
    ),
    "pin_lost": Words(
        "No PIN here",
        "{name} has no PIN here: the centre named them, or it did not come back with the restored "
        "records.",
        SAFE,
        "Who is new types one with a supervisor beside (F6, add a clerk); else a supervisor sets a "
        "new one: `cardstation clerk pin {name} --approver …`.",
    ),
    "unknown_not_signed": Words(
        "Second signature needed",
        "Of {n} top-ups or payments nobody knows how they ended; one person cannot sign for them.",
        "Nothing is lost: each waits for its card or its answer, whoever is on duty.",
        "Settle them under Exceptions, or let the next clerk or a supervisor take them over here.",
    ),
    "unknown_to_sign": Words(
        "Closed by one person alone",
        "{name} closed the last shift alone while nobody knew how {n} top-ups or payments ended.",
        "Nothing is lost: each waits for its card or its answer, whoever is on duty.",
        "Look at them under Exceptions. Whoever opens the next shift ticks there that they sign "
        "for them.",
    ),
    "cash_not_answered": Words(
        "Cash not answered for",
        "Of {n} cash payments, {fen} in all, nobody has said whether the money came.",
        "It lies in this till or nowhere: said after the count, it would be missing in the next.",
        "Answer under Exceptions whether it is here, then count.",
    ),
    "role_missing": Words(
        "Not allowed to do this",
        "{name} does not have the role “{role}”.",
        SAFE,
        "Ask somebody who has it.",
    ),
    "roles_missing": Words(
        "No role chosen",
        "{name} needs at least one role.",
        SAFE,
        PICK_OTHER,
    ),
    "second_person_same": Words(
        "Same person",
        "{name} is the clerk on duty; the second person must be somebody else.",
        SAFE,
        "Ask another person to type their name and PIN.",
    ),
    "second_person_typed": Words(
        "Typed by the same person",
        "{name} typed some of this, now or in an earlier shift; somebody else must look at it.",
        SAFE,
        "Ask a person who typed none of it. Where there is none, whoever typed it opens the "
        "shift, and the other one looks.",
    ),
    "clerk_name_bad": Words(
        "Name not usable",
        "A clerk's name has 1 to 32 printable characters.",
        SAFE,
        PICK_OTHER,
    ),
    "clerk_from_centre": Words(
        "Named by the centre",
        "The centre says that {name} works here, and in which roles.",
        SAFE,
        "Ask the centre to change it. A new PIN shuts them out at once: `cardstation clerk pin "
        "{name} --approver …`.",
    ),
    "clerk_not_today": Words(
        "Not one of their days",
        "By the centre's word {name} does not work here today.",
        SAFE,
        "Another clerk signs in, or the centre changes the days.",
    ),
    "clerk_taken_off": Words(
        "Clerk taken off by the centre",
        "The centre took the clerk on duty off this station; nothing more is sold in this shift.",
        "What was sold stays as it is; the till is this shift's.",
        "Count the till and close the shift; another clerk opens the next one. Where they are "
        "gone, a supervisor sets their PIN anew (`cardstation clerk pin`) and closes it.",
    ),
    "clerk_exists": Words(
        "Name already used",
        "There is or was a clerk called “{name}” at this station.",
        SAFE,
        "Choose another name; a name is never used twice.",
    ),
    "first_supervisor": Words(
        "Supervisor first",
        "The first clerk of a station must be a supervisor.",
        SAFE,
        "Add a supervisor first, then the others.",
    ),
    "supervisor_needed": Words(
        "Supervisor needed",
        "Clerks are added and removed with a supervisor's PIN.",
        SAFE,
        "Ask a supervisor to type their name and PIN.",
    ),
    "last_supervisor": Words(
        "Last supervisor",
        "{name} is the last supervisor of this station.",
        SAFE,
        "Add another supervisor first.",
    ),
    "clerk_on_duty": Words(
        "Clerk on duty",
        "{name} has an open shift.",
        SAFE,
        "Close the shift first.",
    ),
    "shift_open_already": Words(
        "Shift already open",
        "{name} has had a shift open since {since}.",
        SAFE,
        "Close that shift first.",
    ),
    "float_negative": Words(
        "Float not usable",
        "A float is nothing or more.",
        SAFE,
        PICK_OTHER,
    ),
    "no_shift": Words(
        "No shift open",
        "No shift is open at this station.",
        _NOT_SOLD,
        "Open a shift with your name and PIN.",
    ),
    "no_clerks": Words(
        "No clerks yet",
        "Nobody can open a shift here: this station has no clerks.",
        _NOT_SOLD,
        "Add a supervisor with `cardstation clerk add NAME --role supervisor`.",
    ),
    "shift_counted": Words(
        "Shift is being closed",
        "The till of this shift is counted; it only remains to be closed.",
        _NOT_SOLD,
        "Finish closing the shift, then open the next one.",
    ),
    "count_missing": Words(
        "Till not counted",
        "The till of this shift is not counted yet.",
        SAFE,
        "Count all cash in the till, the float too, and enter the sum.",
    ),
    "count_negative": Words(
        "Count not usable",
        "What was counted is nothing or more.",
        SAFE,
        PICK_OTHER,
    ),
    "count_stands": Words(
        "Count already made",
        "The till of this shift was counted before; a count is never changed.",
        SAFE,
        "Go on closing with the count that stands; a second count goes on paper.",
    ),
    "totals_held_back": Words(
        "Totals held back",
        "A shift is open: totals are shown after its till was counted.",
        SAFE,
        "Close the shift, then look again.",
    ),
}
