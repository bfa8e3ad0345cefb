/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/first.h"
#include "account/invite.h"
#include "account/user.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool bad(const char *setting, const char *why, struct err *e)
{
	return err_set(e, ERR_INVALID_REQUEST, "setting %s: %s", setting, why);
}

static bool read_file(const char *path, struct prompt *p, struct err *e)
{
	struct stat st;
	struct err why;
	char quoted[LOG_QUOTE_SIZE];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return bad("admin_password_file", strerror(errno), e);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & S_IROTH))
		log_warn("admin.password_file_is_open path=%s mode=%o: others can read it",
			log_quote(str_of(path), quoted), (unsigned)st.st_mode & 07777);
	bool ok = prompt_line(p, fd, &why);
	close(fd);
	return ok || bad("admin_password_file", why.msg, e);
}

static bool hash_of_file(const struct conf *c, char hash[PASSWORD_HASH_SIZE], struct err *e)
{
	struct prompt p;
	struct err why;
	bool ok = read_file(c->admin_password_file, &p, e);
	if (ok && !password_ok(p.line, str_of(c->admin_user), &why))
		ok = bad("admin_password_file", why.msg, e);
	else if (ok)
		ok = password_hash(p.line, hash, e);
	prompt_wipe(&p);
	return ok;
}

/* The name, and exactly one way to a hash. */
static bool settings_ok(const struct conf *c, struct err *e)
{
	struct err why;
	bool file = c->admin_password_file[0], hash = c->admin_password_hash[0];
	if (!c->admin_user[0])
		return !file && !hash ? true
				      : bad("admin_user", "is needed for an admin password", e);
	if (!user_name_ok(str_of(c->admin_user), &why))
		return bad("admin_user", why.msg, e);
	if (file == hash)
		return bad("admin_user",
			"needs one of admin_password_file and admin_password_hash", e);
	return !hash || password_hash_ok(c->admin_password_hash, &why) ||
	       bad("admin_password_hash", why.msg, e);
}

bool first_admin(const struct conf *c, struct store *s, struct err *e)
{
	char hash[PASSWORD_HASH_SIZE];
	if (user_count(s) > 0)
		return true;
	if (!settings_ok(c, e))
		return false;
	if (!c->admin_user[0])
		return true;
	struct user_create first = { .name = c->admin_user,
		.role = ROLE_ADMIN,
		.hash = c->admin_password_hash,
		.only_first = true };
	if (c->admin_password_file[0]) {
		if (!hash_of_file(c, hash, e))
			return false;
		first.hash = hash;
	}
	if (!store_run(s, user_create_write, &first, e))
		return false;
	if (first.fault.code == ERR_NONE)
		log_info("admin.created name=%s", first.name);
	return first.fault.code == ERR_NONE || first.fault.code == ERR_NOT_FOUND ||
	       bad("admin_user", first.fault.msg, e);
}

bool first_setup_link(struct store *s, const char *base, struct buf *out, struct err *e)
{
	struct invite_create link = {
		.kind = "setup", .role = ROLE_ADMIN, .life_ms = FIRST_LINK_MS
	};
	struct str url = cli_base_url(base);
	if (user_count(s) > 0)
		return true;
	if (!store_run(s, invite_create_write, &link, e))
		return false;
	buf_addf(out, "%.*s/setup?token=%s", STR_ARG(url), link.text);
	mem_wipe(link.text, sizeof link.text);
	return true;
}
