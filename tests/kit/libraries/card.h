/* A card in a file, and a device that misbehaves when the file beside it says so. For tests only.
 *
 * CARD:    card account meter generation quantity counter total meter_counter meter_total residual
 *          opening (amounts in litres); "blank" = a blank; no file = no card in the slot.
 * CARD.do: "<function> <mode>", obeyed once: hang, crash, exit, refuse, before or after the work
 *          ("write hang_before"), half (write, new), garbage, overrun, chatter.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NO_CARD (-4)
#define DAMAGED (-6)
#define BLANK (-12)
#define BACKWARDS (-13)
#define NOT_NEW (-15)
#define MISMATCH (-16)

struct card {
    char card_no[24], account_no[24], meter_no[24];
    long generation, quantity, counter, total, meter_counter, meter_total, residual;
    long opening;
};

static char place[1024];
static char mode[32];

static int get(struct card *card)
{
    FILE *file = fopen(place, "r");
    if (!file) return NO_CARD;
    int found = fscanf(file, "%23s %23s %23s %ld %ld %ld %ld %ld %ld %ld %ld", card->card_no,
                       card->account_no, card->meter_no, &card->generation, &card->quantity,
                       &card->counter, &card->total, &card->meter_counter, &card->meter_total,
                       &card->residual, &card->opening);
    fclose(file);
    if (found == 1 && !strcmp(card->card_no, "blank")) return BLANK;
    return found == 11 ? 0 : DAMAGED;
}

static int put(const struct card *card)
{
    char beside[1100];
    snprintf(beside, sizeof beside, "%s.new", place);
    FILE *file = fopen(beside, "w");
    if (!file) return NO_CARD;
    if (!card)
        fprintf(file, "blank\n");
    else
        fprintf(file, "%s %s %s %ld %ld %ld %ld %ld %ld %ld %ld\n", card->card_no,
                card->account_no, card->meter_no, card->generation, card->quantity, card->counter,
                card->total, card->meter_counter, card->meter_total, card->residual,
                card->opening);
    fclose(file);
    return rename(beside, place);
}

/* What the next call of a function shall do; read once, then forgotten. */
static void told(const char *function)
{
    char beside[1100], named[32] = "", what[32] = "";
    mode[0] = 0;
    snprintf(beside, sizeof beside, "%s.do", place);
    FILE *file = fopen(beside, "r");
    if (!file) return;
    int found = fscanf(file, "%31s %31s", named, what);
    fclose(file);
    if (found == 2 && !strcmp(named, function)) {
        strcpy(mode, what);
        remove(beside);
    }
}

static int is(const char *wanted) { return !strcmp(mode, wanted); }

static void misbehave(const char *when)
{
    char wanted[64];
    snprintf(wanted, sizeof wanted, "hang_%s", when);
    while (is(wanted)) sleep(60);
    snprintf(wanted, sizeof wanted, "crash_%s", when);
    if (is(wanted)) raise(SIGSEGV);
    snprintf(wanted, sizeof wanted, "exit_%s", when);
    if (is(wanted)) exit(0);
    if (is("chatter")) {
        printf("{\"returned\": 0, \"out\": []}\n");
        fflush(stdout);
    }
}

static int open_port(const char *where)
{
    snprintf(place, sizeof place, "%s", where);
    return 0;
}

/* Writes a blank as a new card; "half" forgets what was ever bought. */
static int make(const char *card_no, const char *account_no, const char *meter_no, struct card card)
{
    struct card there;
    int found = get(&there);
    told("new");
    misbehave("before");
    if (found != BLANK) return found ? found : NOT_NEW;
    if (is("refuse")) return BACKWARDS;
    snprintf(card.card_no, sizeof card.card_no, "%s", card_no);
    snprintf(card.account_no, sizeof card.account_no, "%s", account_no);
    snprintf(card.meter_no, sizeof card.meter_no, "%s", meter_no);
    if (is("half")) card.counter = card.total = 0;
    put(&card);
    misbehave("after");
    return is("half") ? DAMAGED : 0;
}

static int format(const char *card_no)
{
    struct card card;
    int found = get(&card);
    told("format");
    misbehave("before");
    if (found) return found;
    if (strcmp(card_no, card.card_no)) return MISMATCH;
    put(NULL);
    misbehave("after");
    return 0;
}
