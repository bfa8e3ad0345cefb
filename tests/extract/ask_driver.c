/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks the configured model about a Markdown file and prints what came of it, one line of JSON for
 * each time: ask_driver [--llm-url URL and other settings] [--times N] [--together] [--cancel]
 * PROMPT FILE. --times asks N times, one after the other or, with --together, all at once; --cancel
 * cancels them all when a line comes on stdin.
 */
#include "base/check.h"
#include "base/json.h"
#include "base/mem.h"
#include "extract/ask.h"

#include <pthread.h>
#include <unistd.h>

struct asking {
	struct flow flow;
	struct call call;
	struct ask ask;
	struct llm *llm;
	struct desks *desks;
	pthread_t thread;
};
struct options {
	int times;
	bool together, cancel;
	const char *prompt, *file;
};

static enum flow_next step_ask(struct flow *f)
{
	struct asking *a = flow_self(f);
	return ask_enter(f, a->llm, &a->ask);
}

static const struct flow_step steps[] = { { "ask", step_ask, false }, { NULL, NULL, false } };

static void print(const struct asking *a)
{
	struct buf b;
	const struct ask_usage *u = &a->ask.usage;
	buf_init(&b, 0);
	buf_char(&b, '{');
	json_key(&b, "code");
	json_put_text(&b, err_name(a->flow.err.code));
	json_key(&b, "message");
	json_put_text(&b, a->flow.err.msg);
	if (a->ask.extract) {
		json_key(&b, "extract");
		json_put_value(&b, a->ask.extract);
	}
	buf_addf(&b,
		",\"cut\":%s,\"usage\":{\"tokens_in\":%lld,\"tokens_out\":%lld,\"ms\":%lld,"
		"\"calls\":%lld}}\n",
		a->ask.cut ? "true" : "false", (long long)u->tokens_in,
		(long long)u->tokens_out, (long long)u->ms, (long long)u->calls);
	fwrite(b.p, 1, b.len, stdout);
	buf_release(&b);
}

static void *run(void *arg)
{
	struct asking *a = arg;
	flow_init(&a->flow, &a->call, steps, a, NULL);
	(void)flow_run(a->desks, &a->flow);
	return NULL;
}

static void wait_for_line_and_cancel(struct asking *all, int n, struct fetcher *fetcher)
{
	char c = 0;
	while (c != '\n' && read(STDIN_FILENO, &c, 1) == 1)
		;
	for (int i = 0; i < n; i++)
		atomic_store(&all[i].call.cancelled, true);
	fetcher_kick(fetcher);
}

static struct str read_all(const char *path, struct arena *arena)
{
	struct buf b;
	FILE *f = fopen(path, "rb");
	buf_init(&b, 0);
	for (size_t n = f ? 1 : 0; n;) {
		n = fread(buf_room(&b, 65536), 1, 65536, f);
		b.len += n;
	}
	if (f)
		fclose(f);
	struct str s = { arena_text(arena, buf_str(&b)), b.len };
	buf_release(&b);
	return s;
}

static void ask_all(
	struct options *o, struct llm *llm, struct fetcher *fetcher, struct arena *arena)
{
	struct desks *desks = desks_start(2, o->times, NULL, NULL, NULL);
	struct asking *all = ARENA_ARRAY(arena, struct asking, (size_t)o->times);
	struct str page = read_all(o->file, arena);
	for (int i = 0; i < o->times; i++) {
		all[i].ask = (struct ask) { .prompt = str_of(o->prompt),
			.markdown = page,
			.url = "https://page.example/doc" };
		all[i].call.arena = arena_new(0);
		all[i].llm = llm;
		all[i].desks = desks;
		CHECK(pthread_create(&all[i].thread, NULL, run, &all[i]) == 0);
		if (!o->together && !o->cancel)
			pthread_join(all[i].thread, NULL);
	}
	if (o->cancel)
		wait_for_line_and_cancel(all, o->times, fetcher);
	for (int i = 0; i < o->times; i++) {
		if (o->together || o->cancel)
			pthread_join(all[i].thread, NULL);
		print(&all[i]);
		arena_free(&all[i].call.arena);
	}
	desks_stop(&desks);
}

static bool read_options(struct arena *a, int argc, char **argv, struct options *o,
	struct conf *c, struct err *e)
{
	char **flags = NULL;
	*o = (struct options) { .times = 1 };
	for (int i = 1; i < argc;) {
		struct str arg = str_of(argv[i]);
		int64_t n;
		if (str_eq(arg, STR("--times")) && i + 1 < argc &&
			str_to_int(str_of(argv[i + 1]), &n)) {
			o->times = (int)n;
			i += 2;
		} else if (str_eq(arg, STR("--together"))) {
			o->together = ++i > 0;
		} else if (str_eq(arg, STR("--cancel"))) {
			o->cancel = ++i > 0;
		} else if (!conf_flag(a, argc, argv, &i, &flags, e)) {
			if (e->code != ERR_NONE || i + 2 != argc)
				return err_set(e, ERR_INVALID_REQUEST, "usage: PROMPT FILE %s",
					e->msg);
			o->prompt = argv[i];
			o->file = argv[i + 1];
			return conf_load(c, a, NULL, flags, environ, e);
		}
	}
	return err_set(e, ERR_INVALID_REQUEST, "usage: PROMPT FILE");
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	struct options o;
	struct conf c;
	struct llm *llm = NULL;
	mem_init();
	struct arena *arena = arena_new(0);
	struct fetcher *fetcher = NULL;
	bool ok = read_options(arena, argc, argv, &o, &c, &e) &&
		  (fetcher = fetcher_start(&c, &e)) && (llm = llm_open(&c, fetcher, &e));
	if (ok)
		ask_all(&o, llm, fetcher, arena);
	else
		fprintf(stderr, "%s\n", e.msg[0] ? e.msg : "llm_url is not set");
	llm_close(&llm);
	fetcher_stop(&fetcher);
	arena_free(&arena);
	return ok ? 0 : 1;
}
