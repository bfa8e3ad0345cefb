/* SPDX-License-Identifier: Apache-2.0 */
/* What can be judged without asking anybody: folders, files, the clock, and what the settings say
 * about the way here. */
#include "account/user.h"
#include "auth/settings.h"
#include "auth/site.h"
#include "base/clock.h"
#include "cli/doctor.h"
#include "http/http.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CERT_SOON_DAYS = 14, DAY_S = 24 * 3600 };
static const int64_t oldest_ms = 1767225600000; /* 2026-01-01: this program is not older */

static void check_settings(struct doctor *d)
{
	struct err e;
	if (auth_settings_ok(d->conf, &e))
		doctor_say(d, VERDICT_OK, "settings", "all are known and in range%s%s",
			d->conf->file ? "; file " : "", d->conf->file ? d->conf->file : "");
	else
		doctor_say(d, VERDICT_FAIL, "settings", "%s", e.msg);
}

/* --- the data folder --- */

static void check_database(struct doctor *d)
{
	struct err e = { 0 };
	if (access(arena_printf(d->arena, "%s/scraped.db", d->conf->data), F_OK) != 0) {
		doctor_say(d, VERDICT_WARN, "database",
			"there is none in %s yet; `scraped serve` makes it", d->conf->data);
		return;
	}
	d->store = store_open(d->conf->data, &e);
	if (d->store && store_ready(d->store, &e))
		doctor_say(d, VERDICT_OK, "database", "opens, %zu users can sign in",
			user_count(d->store));
	else
		doctor_say(d, VERDICT_FAIL, "database", "%s", e.msg);
	if (d->store && d->oauth && !*d->conf->issuer && user_count(d->store) == 0) {
		doctor_say(d, VERDICT_WARN, "users", "nobody can sign in yet");
		doctor_mend("scraped user add --admin NAME");
	}
}

static void check_folder(struct doctor *d)
{
	struct stat st;
	const char *data = d->conf->data;
	if (stat(data, &st) != 0 && errno == ENOENT) {
		doctor_say(d, VERDICT_WARN, "data folder",
			"%s is not there yet; `scraped serve` makes it", data);
		return;
	}
	if (stat(data, &st) != 0 || !S_ISDIR(st.st_mode) ||
		access(data, R_OK | W_OK | X_OK) != 0) {
		doctor_say(d, VERDICT_FAIL, "data folder",
			"%s cannot be written by this user: %s", data,
			errno ? strerror(errno) : "it is no folder");
		doctor_mend("run the doctor as the user that runs the server, or give it the "
			    "folder: chown -R USER %s",
			data);
		return;
	}
	if (st.st_mode & 077) {
		doctor_say(d, VERDICT_WARN, "data folder",
			"others on this machine may look into %s", data);
		doctor_mend("chmod 700 %s", data);
	} else {
		doctor_say(d, VERDICT_OK, "data folder", "%s is writable, and closed to others",
			data);
	}
	check_database(d);
}

/* --- files with keys and passwords --- */

/* Readable for us and, when it is secret, not for everybody. */
static bool check_file(struct doctor *d, const char *setting, const char *path, bool secret)
{
	struct stat st;
	if (!*path)
		return false;
	if (stat(path, &st) != 0 || access(path, R_OK) != 0) {
		doctor_say(d, VERDICT_FAIL, setting, "%s cannot be read: %s", path,
			strerror(errno));
		doctor_mend("it must be readable by the user that runs the server");
		return false;
	}
	if (secret && (st.st_mode & 007)) {
		doctor_say(d, VERDICT_FAIL, setting,
			"%s is a secret that everybody on this machine can read", path);
		doctor_mend("chmod o= %s", path);
		return true;
	}
	doctor_say(d, VERDICT_OK, setting, "%s is readable%s", path,
		secret ? ", and not by everybody" : "");
	return true;
}

static const char *public_host(const struct doctor *d)
{
	struct url u;
	struct err e;
	if (!*d->conf->public_url ||
		!url_parse(str_of(d->conf->public_url), true, d->arena, &u, &e))
		return NULL;
	return arena_text(d->arena, u.host);
}

static void judge_certificate(struct doctor *d, X509 *cert)
{
	const char *host = public_host(d);
	int days = 0, seconds = 0;
	if (!ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(cert)))
		days = 0;
	if (days < 0 || seconds < 0)
		doctor_say(d, VERDICT_FAIL, "tls_cert", "the certificate has expired");
	else if (days < CERT_SOON_DAYS)
		doctor_say(d, VERDICT_WARN, "tls_cert",
			"the certificate expires in %d days; the server reads it at start",
			days);
	else
		doctor_say(
			d, VERDICT_OK, "tls_cert", "the certificate holds for %d days", days);
	if (host && X509_check_host(cert, host, 0, 0, NULL) != 1 &&
		X509_check_ip_asc(cert, host, 0) != 1)
		doctor_say(d, VERDICT_FAIL, "tls_cert",
			"the certificate is not for %s, the host of public_url", host);
}

static void check_tls(struct doctor *d)
{
	const struct conf *c = d->conf;
	struct err e;
	if (!*c->tls_cert && !*c->tls_key)
		return;
	if (!*c->tls_cert || !*c->tls_key) {
		doctor_say(d, VERDICT_FAIL, "tls", "tls_cert and tls_key belong together");
		return;
	}
	check_file(d, "tls_key", c->tls_key, true);
	if (!tls_check(c, &e)) {
		doctor_say(d, VERDICT_FAIL, "tls", "%s", e.msg);
		return;
	}
	FILE *f = fopen(c->tls_cert, "rb");
	X509 *cert = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
	if (cert)
		judge_certificate(d, cert);
	X509_free(cert);
	if (f)
		fclose(f);
}

/* --- the way here --- */

static void check_way(struct doctor *d)
{
	const struct conf *c = d->conf;
	struct str url = str_of(c->public_url);
	bool tls = *c->tls_cert != 0, https = str_istarts(url, STR("https:"));
	site_start(c, c->listen);
	d->oauth = !site_refusal();
	if (!c->oauth)
		doctor_say(d, VERDICT_OK, "OAuth", "is switched off; API keys work");
	else if (!d->oauth)
		doctor_say(d, VERDICT_FAIL, "OAuth", "is not offered: %s", site_refusal());
	else
		doctor_say(d, VERDICT_OK, "public_url", "%s",
			url.n ? c->public_url : "not set: only this machine is served");
	if (url.n && tls && !https)
		doctor_say(d, VERDICT_FAIL, "public_url",
			"%s is plain http, but this server speaks TLS", c->public_url);
	if (https && !tls && !c->behind_proxy)
		doctor_say(d, VERDICT_WARN, "public_url",
			"is https and the server has no tls_cert: a proxy must do TLS in front "
			"of %s",
			c->listen);
	if (c->behind_proxy && !*c->trusted_proxies) {
		doctor_say(d, VERDICT_WARN, "trusted_proxies",
			"is not set: every caller seems to have the proxy's address, so that "
			"limits for one address hit all of them");
		doctor_mend("trusted_proxies = 127.0.0.1 (the address the proxy comes from)");
	}
	site_stop();
}

static void check_clock(struct doctor *d)
{
	char iso[ISO_SIZE];
	if (now_ms() < oldest_ms)
		doctor_say(d, VERDICT_FAIL, "clock",
			"this machine believes that it is %s: tokens would be refused",
			iso_print(now_ms(), iso));
	else
		doctor_say(d, VERDICT_OK, "clock", "%s", iso_print(now_ms(), iso));
}

void doctor_settings(struct doctor *d)
{
	check_settings(d);
	check_way(d);
	check_folder(d);
	check_tls(d);
	check_file(d, "ca_file", d->conf->ca_file, false);
	check_file(d, "admin_password_file", d->conf->admin_password_file, true);
	check_clock(d);
}
