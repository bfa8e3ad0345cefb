/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A legacy client that is remembered: of a session, or at the other end of a pipe. What it said when
 * it shook hands, and the questions that it has not answered yet. Any thread.
 */
#ifndef PROTOCOL_PEER_H
#define PROTOCOL_PEER_H

#include "mcp/protocol/mcp.h"

#include <pthread.h>

/* A question, in the arena of its call. */
struct ask {
	const char *key;
	int kind; /* enum mcp_ask_kind */
	struct str params;
	struct ask *next; /* of the same round */
	/* --- the peer's, while the question is open --- */
	int64_t number;
	bool open;
	json_t *answer; /* the whole message */
	struct ask *next_open;
};

struct peer {
	pthread_mutex_t lock;
	json_t *caps;
	enum mcp_level level;
	enum mcp_revision revision;
	struct ask *open;
	int64_t asked;
};

void peer_init(struct peer *p);
void peer_release(struct peer *p);
void peer_meet(struct peer *p, const json_t *caps, enum mcp_revision r);
const json_t *peer_caps(struct peer *p, struct arena *a); /* NULL: it has declared none */
enum mcp_revision peer_revision(struct peer *p);
void peer_set_level(struct peer *p, enum mcp_level level);
enum mcp_level peer_level(struct peer *p);

/* Opens a question; its id on the wire is peer_ask_id. */
void peer_ask(struct peer *p, struct ask *a);
enum { ASK_ID_SIZE = 32 };
const char *peer_ask_id(const struct ask *a, char out[ASK_ID_SIZE]);
/* A response has come. false: nobody waits for it. */
bool peer_answer(struct peer *p, const json_t *message);
/* Are all questions of this list answered? */
bool peer_answered(struct peer *p, const struct ask *list);
/* Closes the questions of this list; what was answered is tied to the arena. */
void peer_close(struct peer *p, struct ask *list, struct arena *a);

#endif
