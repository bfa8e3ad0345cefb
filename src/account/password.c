/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The computing of passwords; the threads that do it are in passwords.c. A PHC text is
 * $argon2id$v=19$m=KiB,t=passes,p=lanes$salt$tag, both base64 without padding.
 */
#include "account/password.h"
#include "base/check.h"
#include "base/digest.h"
#include "base/mem.h"

#include <argon2.h>

enum { SALT_BYTES = 16, TAG_BYTES = 32 };
struct cost {
	int64_t kib, passes, lanes;
};
static const struct cost ours = { 65536, 3, 1 };
/* What an administrator's own hash may ask for: from the least that is advised (OWASP) to what two
 * threads can bear. */
static const struct cost least = { 7168, 1, 1 }, most = { 262144, 16, 4 };

static const char *const common[] = {
#define COMMON_ROW(text) text,
#include "account/common_table.h"
#undef COMMON_ROW
};

static bool is_common(struct str password)
{
	for (size_t i = 0; i < COUNT_OF(common); i++)
		if (str_ieq(password, str_of(common[i])))
			return true;
	return false;
}

bool password_ok(struct str password, struct str name, struct err *e)
{
	if (password.n < PASSWORD_MIN || password.n > PASSWORD_MAX)
		return err_set(e, ERR_INVALID_REQUEST, "password must be %d to %d bytes long",
			PASSWORD_MIN, PASSWORD_MAX);
	if (str_has_control(password))
		return err_set(
			e, ERR_INVALID_REQUEST, "password must not have control characters");
	if (!str_utf8_ok(password))
		return err_set(e, ERR_INVALID_REQUEST, "password must be UTF-8");
	if (is_common(password))
		return err_set(e, ERR_INVALID_REQUEST,
			"password is one of the most common ones: choose another");
	if (str_ieq(password, name))
		return err_set(
			e, ERR_INVALID_REQUEST, "password must not be the name of the user");
	return true;
}

/* --- PHC texts --- */

/* "name=" and a number at *s, up to `end`. */
static bool cost_part(struct str *s, const char *name, char end, int64_t *out)
{
	struct str part;
	if (!str_cut(s, end, &part) || !str_starts(part, str_of(name)))
		return false;
	size_t n = strlen(name);
	part = (struct str) { part.p + n, part.n - n };
	return part.n && part.n <= 9 && part.p[0] != '0' && part.p[0] != '-' &&
	       str_to_int(part, out);
}

/* Base64 without padding; its length in bytes, 0 if it is none. */
static size_t bytes_of(struct str text)
{
	char padded[PASSWORD_HASH_SIZE + 4];
	unsigned char bytes[PASSWORD_HASH_SIZE];
	size_t n = text.n, got;
	if (n == 0 || n > PASSWORD_HASH_SIZE || text.p[n - 1] == '=')
		return 0;
	memcpy(padded, text.p, n);
	while (n % 4)
		padded[n++] = '=';
	return b64_decode((struct str) { padded, n }, bytes, &got) ? got : 0;
}

static bool read_cost(const char *hash, struct cost *c)
{
	struct str rest = str_of(hash), salt, head = STR("$argon2id$v=19$");
	if (rest.n >= PASSWORD_HASH_SIZE || !str_starts(rest, head))
		return false;
	rest = (struct str) { rest.p + head.n, rest.n - head.n };
	return cost_part(&rest, "m=", ',', &c->kib) &&
	       cost_part(&rest, "t=", ',', &c->passes) &&
	       cost_part(&rest, "p=", '$', &c->lanes) && str_cut(&rest, '$', &salt) &&
	       bytes_of(salt) >= 8 && bytes_of(rest) >= 16;
}

static bool within(const struct cost *c)
{
	return c->kib >= least.kib && c->kib <= most.kib && c->passes >= least.passes &&
	       c->passes <= most.passes && c->lanes >= least.lanes && c->lanes <= most.lanes;
}

bool password_hash_ok(const char *hash, struct err *e)
{
	struct cost c;
	if (!read_cost(hash, &c))
		return err_set(e, ERR_INVALID_REQUEST,
			"this is no argon2id hash in PHC form ($argon2id$v=19$m=...)");
	return within(&c) ||
	       err_set(e, ERR_INVALID_REQUEST,
		       "the hash must have m=%lld to %lld, t=%lld to %lld and "
		       "p=%lld to %lld",
		       (long long)least.kib, (long long)most.kib, (long long)least.passes,
		       (long long)most.passes, (long long)least.lanes, (long long)most.lanes);
}

bool password_hash_old(const char *hash)
{
	struct cost c;
	return !read_cost(hash, &c) || c.kib != ours.kib || c.passes != ours.passes ||
	       c.lanes != ours.lanes;
}

bool password_hash(struct str password, char out[PASSWORD_HASH_SIZE], struct err *e)
{
	unsigned char salt[SALT_BYTES];
	random_bytes(salt, sizeof salt);
	int code = argon2id_hash_encoded((uint32_t)ours.passes, (uint32_t)ours.kib,
		(uint32_t)ours.lanes, password.p, password.n, salt, sizeof salt, TAG_BYTES, out,
		PASSWORD_HASH_SIZE);
	if (code == ARGON2_OK)
		return true;
	out[0] = 0;
	return code == ARGON2_MEMORY_ALLOCATION_ERROR
		       ? err_set(e, ERR_OVERLOADED, "no memory to hash a password, try again")
		       : err_set(e, ERR_INTERNAL, "a password could not be hashed");
}

/* Random bytes, no password's tag. */
const char *password_nobody(void)
{
	return "$argon2id$v=19$m=65536,t=3,p=1$gB5+64cbUItCVVfPpb0muA$"
	       "HkCx4sfyS2lN433T78thIvmDxnE/BNjcW2GePVjprZA";
}

bool password_verify(const char *hash, struct str password)
{
	struct cost c;
	bool known = hash && read_cost(hash, &c) && within(&c);
	/* asked in both cases, and the answer for nobody is thrown away */
	bool same = argon2id_verify(known ? hash : password_nobody(), password.p, password.n) ==
		    ARGON2_OK;
	return same && known;
}
