/* A maker's library that writes what it is told, as the common interface specification has it. */
#include "card.h"

int OpenPort(const char *where) { return open_port(where); }

int ClosePort(void)
{
    told("close");
    misbehave("before");
    return 0;
}

int CheckGasCard(void)
{
    struct card card;
    told("status");
    misbehave("before");
    return get(&card);
}

int ReadGasCard(char *kh, char *yhh, char *tm, int *ql, unsigned short *cs, int *ljgql,
                char *bkcs, unsigned short *mcs, int *syql, short *kzt)
{
    struct card card;
    int found = get(&card);
    told("read");
    misbehave("before");
    if (found) return found;
    strcpy(kh, card.card_no);
    strcpy(yhh, card.account_no);
    strcpy(tm, card.meter_no);
    *ql = (int)(card.quantity / 1000);
    *cs = (unsigned short)card.counter;
    *ljgql = (int)(card.total / 1000);
    *mcs = (unsigned short)card.meter_counter;
    *syql = (int)(card.residual / 10);
    *bkcs = (char)card.generation;
    *kzt = (short)!card.opening;
    if (is("garbage")) memset(kh, 0xc3, 20);
    if (is("overrun")) memset(kh, 'x', 30);
    return 0;
}

/* The volume and the counter are written as given, never added; a volume of 0 takes a load back. */
int WriteGasCard(const char *kh, int ql, int cs, int ljgql, const char *sqrq)
{
    struct card card;
    int found = get(&card);
    told("write");
    misbehave("before");
    if (found) return found;
    if (strcmp(kh, card.card_no)) return MISMATCH;
    if (is("refuse") || strlen(sqrq) != 8) return BACKWARDS;
    card.quantity = ql * 1000L;
    if (!is("half")) {
        card.counter = cs;
        card.total = ljgql * 1000L;
    }
    put(&card);
    misbehave("after");
    return is("half") ? DAMAGED : 0;
}

/* kzt: 0 an opening card, 1 a user's. */
int WriteNewCard(short kzt, const char *kh, const char *yhh, const char *tm, int ql, int cs,
                 int ljgql, short bkcs)
{
    struct card card = {.generation = bkcs, .quantity = ql * 1000L, .counter = cs,
                        .total = ljgql * 1000L, .opening = !kzt};
    return make(kh, yhh, tm, card);
}

int FormatGasCard(const char *kh) { return format(kh); }
