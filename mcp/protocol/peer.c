/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/protocol/peer.h"

#include <stdio.h>

void peer_init(struct peer *p)
{
	*p = (struct peer) { .level = MCP_INFO, .revision = MCP_LEGACY_LATEST };
	pthread_mutex_init(&p->lock, NULL);
}

void peer_release(struct peer *p)
{
	json_decref(p->caps);
	pthread_mutex_destroy(&p->lock);
}

void peer_meet(struct peer *p, const json_t *caps, enum mcp_revision r)
{
	json_t *copy = json_is_object(caps) ? json_deep_copy(caps) : NULL;
	pthread_mutex_lock(&p->lock);
	json_t *old = p->caps;
	p->caps = copy;
	p->revision = r;
	pthread_mutex_unlock(&p->lock);
	json_decref(old);
}

const json_t *peer_caps(struct peer *p, struct arena *a)
{
	pthread_mutex_lock(&p->lock);
	json_t *caps = p->caps ? json_deep_copy(p->caps) : NULL;
	pthread_mutex_unlock(&p->lock);
	return caps ? json_own(a, caps) : NULL;
}

enum mcp_revision peer_revision(struct peer *p)
{
	pthread_mutex_lock(&p->lock);
	enum mcp_revision r = p->revision;
	pthread_mutex_unlock(&p->lock);
	return r;
}

void peer_set_level(struct peer *p, enum mcp_level level)
{
	pthread_mutex_lock(&p->lock);
	p->level = level;
	pthread_mutex_unlock(&p->lock);
}

enum mcp_level peer_level(struct peer *p)
{
	pthread_mutex_lock(&p->lock);
	enum mcp_level level = p->level;
	pthread_mutex_unlock(&p->lock);
	return level;
}

void peer_ask(struct peer *p, struct ask *a)
{
	pthread_mutex_lock(&p->lock);
	a->number = ++p->asked;
	a->open = true;
	a->next_open = p->open;
	p->open = a;
	pthread_mutex_unlock(&p->lock);
}

const char *peer_ask_id(const struct ask *a, char out[ASK_ID_SIZE])
{
	snprintf(out, ASK_ID_SIZE, "ask_%lld", (long long)a->number);
	return out;
}

bool peer_answer(struct peer *p, const json_t *message)
{
	char id[ASK_ID_SIZE];
	bool found = false;
	struct str wanted = json_str(json_object_get(message, "id"));
	pthread_mutex_lock(&p->lock);
	for (struct ask *a = p->open; a && !found; a = a->next_open) {
		found = !a->answer && str_eq(wanted, str_of(peer_ask_id(a, id)));
		if (found)
			a->answer = json_deep_copy(message);
	}
	pthread_mutex_unlock(&p->lock);
	return found;
}

bool peer_answered(struct peer *p, const struct ask *list)
{
	bool all = true;
	pthread_mutex_lock(&p->lock);
	for (const struct ask *a = list; a; a = a->next)
		all &= a->answer != NULL;
	pthread_mutex_unlock(&p->lock);
	return all;
}

void peer_close(struct peer *p, struct ask *list, struct arena *arena)
{
	pthread_mutex_lock(&p->lock);
	for (struct ask **at = &p->open; *at;) {
		struct ask *a = list;
		while (a && a != *at)
			a = a->next;
		if (a)
			*at = a->next_open;
		else
			at = &(*at)->next_open;
	}
	pthread_mutex_unlock(&p->lock);
	for (struct ask *a = list; a; a = a->next) {
		a->open = false;
		if (a->answer)
			json_own(arena, a->answer);
	}
}
