/* A maker's library that ADDS what was bought to what is on the card, and counts by itself. */
#include "card.h"

int AddOpen(const char *where) { return open_port(where); }

/* 0 = no card, 1 = a card: as the reader functions of the trade have it. */
short AddStatus(void)
{
    struct card card;
    told("status");
    misbehave("before");
    return get(&card) == NO_CARD ? 0 : 1;
}

int AddRead(char *card_no, char *account_no, char *meter_no, double *m3, int *times, double *sum,
            int *meter_times, double *left, int *is_new, int *replaced)
{
    struct card card;
    int found = get(&card);
    told("read");
    misbehave("before");
    if (found) return found;
    strcpy(card_no, card.card_no);
    strcpy(account_no, card.account_no);
    strcpy(meter_no, card.meter_no);
    *m3 = card.quantity / 1000.0;
    *times = (int)card.counter;
    *sum = card.total / 1000.0;
    *meter_times = (int)card.meter_counter;
    *left = card.residual / 1000.0;
    *is_new = (int)card.opening;
    *replaced = (int)card.generation;
    if (is("garbage")) *m3 = 0.0 / 0.0;
    if (is("overrun")) memset(card_no, 'x', 30);
    return 0;
}

int AddWrite(const char *card_no, double bought)
{
    struct card card;
    int found = get(&card);
    told("write");
    misbehave("before");
    if (found) return found;
    if (strcmp(card_no, card.card_no)) return MISMATCH;
    if (is("refuse")) return BACKWARDS;
    long litres = (long)(bought * 1000 + 0.5);
    card.quantity += litres;
    if (!is("half")) {
        card.total += litres;
        card.counter += 1;
    }
    put(&card);
    misbehave("after");
    return is("half") ? DAMAGED : 0;
}

int AddNew(const char *card_no, const char *account_no, const char *meter_no, double m3, int times,
           double sum, int is_new, int replaced)
{
    struct card card = {.generation = replaced, .quantity = (long)(m3 * 1000 + 0.5),
                        .counter = times, .total = (long)(sum * 1000 + 0.5), .opening = is_new};
    return make(card_no, account_no, meter_no, card);
}

int AddFormat(const char *card_no) { return format(card_no); }
