/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two rows for each attempt: "sign-in:user:NAME" and "sign-in:peer:ADDRESS". A row counts failures;
 * one is forgiven every THROTTLE_MOST_S, so who is slow is never slowed down, and a count has a
 * ceiling, so that it does not take days to be forgiven.
 *
 * A success clears the name's row and not the address's: else an attacker with one account of his
 * own could wipe his traces between guesses at others.
 */
#include "account/throttle.h"
#include "account/user_name.h"
#include "base/clock.h"
#include "base/digest.h"
#include "store/throttle.h"

#include <arpa/inet.h>

enum { KEY_SIZE = 200, MOST_MS = THROTTLE_MOST_S * 1000 };
/* With COUNT_MAX failures the delay is THROTTLE_MOST_S: 2^10 s is more than that. */
enum { COUNT_MAX = THROTTLE_FREE + 11, FORGIVEN_AFTER_MS = COUNT_MAX * MOST_MS };

/* A name that cannot be anybody's counts too (the same answer for all names), by its hash. */
static bool name_key(const char *what, struct str name, char key[KEY_SIZE])
{
	char folded[USER_NAME_MAX + 1];
	unsigned char hash[SHA256_SIZE];
	if (!name.n)
		return false;
	if (user_name_fold(name, folded)) {
		snprintf(key, KEY_SIZE, "%.40s:user:%s", what, folded);
		return true;
	}
	sha256(name, hash);
	int n = snprintf(key, KEY_SIZE, "%.40s:odd:", what);
	for (int i = 0; i < 16; i++)
		n += snprintf(key + n, (size_t)(KEY_SIZE - n), "%02x", hash[i]);
	return true;
}

/* IPv4 (also inside IPv6) as it is; of IPv6 the /64, which is what one customer gets. */
static bool peer_key(const char *what, const char *peer, char key[KEY_SIZE])
{
	struct in6_addr six;
	char text[INET6_ADDRSTRLEN];
	if (!peer || !*peer)
		return false;
	if (inet_pton(AF_INET6, peer, &six) != 1) {
		snprintf(key, KEY_SIZE, "%.40s:peer:%.64s", what, peer);
		return true;
	}
	if (IN6_IS_ADDR_V4MAPPED(&six)) {
		const unsigned char *four = six.s6_addr + 12;
		snprintf(key, KEY_SIZE, "%.40s:peer:%d.%d.%d.%d", what, four[0], four[1],
			four[2], four[3]);
		return true;
	}
	memset(six.s6_addr + 8, 0, 8);
	if (!inet_ntop(AF_INET6, &six, text, sizeof text))
		text[0] = 0;
	snprintf(key, KEY_SIZE, "%.40s:peer:%s/64", what, text);
	return true;
}

static int64_t delay_ms(int64_t failures)
{
	if (failures <= THROTTLE_FREE)
		return 0;
	int64_t doubled = failures >= COUNT_MAX
				  ? MOST_MS
				  : INT64_C(1000) << (failures - THROTTLE_FREE - 1);
	return doubled < MOST_MS ? doubled : MOST_MS;
}

/* How long this key has to wait. A time beyond the longest delay is from a clock that was wrong. */
static bool wait_of(struct db *d, const char *key, int64_t *wait_ms, struct err *e)
{
	struct throttle_row row;
	if (!throttle_get(d, key, &row, e))
		return false;
	int64_t wait = row.until_ms - now_ms();
	if (wait > *wait_ms && wait <= MOST_MS)
		*wait_ms = wait;
	return true;
}

bool throttle_allows(struct store *s, const char *what, struct str name, const char *peer,
	int *retry_after_s, struct err *e)
{
	char user[KEY_SIZE], address[KEY_SIZE];
	int64_t wait_ms = 0;
	bool named = name_key(what, name, user), placed = peer_key(what, peer, address);
	*retry_after_s = 0;
	struct db *d = store_read(s);
	bool ok = (!named || wait_of(d, user, &wait_ms, e)) &&
		  (!placed || wait_of(d, address, &wait_ms, e));
	store_read_end(s);
	if (!ok || wait_ms <= 0)
		return ok;
	*retry_after_s = (int)((wait_ms + 999) / 1000);
	return err_set(e, ERR_RATE_LIMITED, "too many attempts: try again later");
}

static bool count_failure(struct db *d, const char *key, struct err *e)
{
	struct throttle_row row;
	int64_t now = now_ms();
	if (!throttle_get(d, key, &row, e))
		return false;
	int64_t forgiven = now > row.last_ms ? (now - row.last_ms) / MOST_MS : 0;
	if (forgiven < row.count) {
		row.count -= forgiven;
		row.last_ms += forgiven * MOST_MS;
	} else {
		row.count = 0;
	}
	if (row.count == 0 || row.last_ms > now)
		row.last_ms = now;
	row.count = row.count < COUNT_MAX ? row.count + 1 : COUNT_MAX;
	row.until_ms = now + delay_ms(row.count);
	return throttle_put(d, key, &row, e);
}

bool throttle_note_write(struct db *d, void *arg, struct err *e)
{
	const struct throttle_note *c = arg;
	char user[KEY_SIZE], address[KEY_SIZE];
	bool named = name_key(c->what, c->name, user);
	if (!c->failed)
		return !named || throttle_drop(d, user, e);
	return (!named || count_failure(d, user, e)) &&
	       (!peer_key(c->what, c->peer, address) || count_failure(d, address, e));
}

bool throttle_sweep_write(struct db *d, void *arg, struct err *e)
{
	(void)arg;
	return throttle_drop_old(d, now_ms() - FORGIVEN_AFTER_MS, e);
}
