/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/identity.h"
#include "base/digest.h"
#include "base/map.h"
#include "base/mem.h"

#include <pthread.h>
#include <stdio.h>

struct identities {
	struct store *store;
	pthread_mutex_t lock;
	struct map *known;
	int64_t version; /* of the database, when the entries were read */
};
struct entry {
	char id[IDENT_SIZE];
	unsigned scopes;
	bool disabled;
};

struct identities *identities_new(struct store *s)
{
	struct identities *i = MEM_NEW(struct identities);
	i->store = s;
	i->known = map_new(IDENTITIES_KEPT);
	pthread_mutex_init(&i->lock, NULL);
	return i;
}

void identities_free(struct identities **ip)
{
	struct identities *i = *ip;
	if (!i)
		return;
	map_free(&i->known, mem_free);
	pthread_mutex_destroy(&i->lock);
	mem_free(i);
	*ip = NULL;
}

/* Under the lock: forgets everything when somebody has written since, or when it is full. */
static void refresh(struct identities *i, int64_t version)
{
	if (version == i->version && version >= 0 && map_count(i->known) < IDENTITIES_KEPT)
		return;
	map_clear(i->known, mem_free);
	i->version = version;
}

static bool recall(struct identities *i, struct str key, int64_t version, struct entry *out)
{
	pthread_mutex_lock(&i->lock);
	refresh(i, version);
	const struct entry *kept = map_get(i->known, key);
	if (kept)
		*out = *kept;
	pthread_mutex_unlock(&i->lock);
	return kept != NULL;
}

/* What was read of an older version is not kept: it may be wrong already. */
static void keep(
	struct identities *i, struct str key, int64_t version, const struct entry *entry)
{
	struct entry *copy = MEM_NEW(struct entry);
	*copy = *entry;
	pthread_mutex_lock(&i->lock);
	bool kept = version >= 0 && version == i->version && !map_get(i->known, key) &&
		    map_put(i->known, key, copy);
	pthread_mutex_unlock(&i->lock);
	if (!kept)
		mem_free(copy);
}

static bool read_user(struct identities *i, const char *issuer, const char *subject,
	struct arena *a, struct entry *out, struct err *e)
{
	struct user user;
	if (!user_by_identity(i->store, issuer, subject, a, &user, e))
		return false;
	*out = (struct entry) { .scopes = role_scopes(user.role), .disabled = user.disabled };
	snprintf(out->id, sizeof out->id, "%s", user.id);
	return true;
}

bool identities_find(struct identities *i, const char *issuer, const char *subject,
	struct arena *a, const char **account_id, unsigned *scopes, struct err *e)
{
	struct entry entry;
	struct str key = str_of(arena_printf(a, "%s %s", issuer, subject));
	int64_t version = store_version(i->store);
	if (!recall(i, key, version, &entry)) {
		if (!read_user(i, issuer, subject, a, &entry, e))
			return false;
		keep(i, key, version, &entry);
	}
	if (entry.disabled)
		return err_set(e, ERR_USER_DISABLED, "the account is disabled");
	*account_id = arena_text(a, str_of(entry.id));
	*scopes = entry.scopes;
	return true;
}

/* Their name there may be taken here, or hold what names here may not: a digest of the identity ends
 * the name, so that it is always the same and always free. */
void identity_new_user(
	struct user_create *c, const char *issuer, const char *subject, struct arena *a)
{
	unsigned char digest[SHA256_SIZE];
	char name[41];
	size_t n = 0;
	for (const char *p = subject; *p && n < sizeof name - 1; p++) {
		bool fits = (str_lower(*p) >= 'a' && str_lower(*p) <= 'z') ||
			    (*p >= '0' && *p <= '9') || strchr("._-@", *p);
		if (fits)
			name[n++] = *p;
	}
	name[n] = 0;
	sha256(str_of(arena_printf(a, "%s %s", issuer, subject)), digest);
	*c = (struct user_create) { .issuer = issuer, .subject = subject, .role = ROLE_MEMBER };
	c->name = arena_printf(a, "%s%s%02x%02x%02x%02x%02x%02x", n ? name : "user", "-",
		digest[0], digest[1], digest[2], digest[3], digest[4], digest[5]);
}
