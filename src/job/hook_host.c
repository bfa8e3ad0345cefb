/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts that are being sent to. Who finds both places of its host taken goes back to those that
 * wait, for about as long as it would stand in the row: the row is kept by time alone, so that a
 * thousand deliveries to a dead receiver take no place from others and are not claimed over and
 * over again.
 */
#include "job/hook_in.h"
#include "base/clock.h"
#include "base/mem.h"

enum { STEP_LEAST_MS = 10, STEP_UNKNOWN_MS = 100, ROW_MOST_MS = 10 * 60 * 1000 };

static bool is_busy(void *arg, struct str name, void *value)
{
	struct hook_host *host = value;
	(void)name;
	if (host->running || host->next_ms > *(const int64_t *)arg)
		return true;
	mem_free(host);
	return false;
}

struct hook_host *hook_host_of(struct hooks *h, struct str name)
{
	struct hook_host *host = map_get(h->hosts, name);
	int64_t now = mono_ms();
	if (host)
		return host;
	if (map_count(h->hosts) >= HOOK_HOSTS_MOST)
		map_each(h->hosts, is_busy, &now);
	host = MEM_NEW(struct hook_host);
	if (!map_put(h->hosts, name, host)) {
		mem_free(host);
		return NULL;
	}
	return host;
}

int64_t hook_host_pause_ms(struct hook_host *host, int64_t places)
{
	int64_t now = mono_ms();
	int64_t step = host->took_ms ? host->took_ms / places : STEP_UNKNOWN_MS;
	if (host->next_ms < now)
		host->next_ms = now;
	host->next_ms += step < STEP_LEAST_MS ? STEP_LEAST_MS : step;
	if (host->next_ms > now + ROW_MOST_MS)
		host->next_ms = now + ROW_MOST_MS;
	return host->next_ms - now;
}
