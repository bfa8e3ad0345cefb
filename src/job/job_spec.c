/* SPDX-License-Identifier: Apache-2.0 */
/* What is done with each URL, as it is kept: one table writes and reads it. */
#include "job/job_in.h"
#include "scrape/view.h"

#include <stddef.h>

#define SPEC(member) offsetof(struct job_spec, member)

/* Ranges were checked at the door; here they only keep a damaged row from doing harm. */
#define MS_MOST 2592000000.0
const struct field job_spec_fields[] = {
	{ "format", F_CHOICE, 0, SPEC(scrape.format), .choices = scrape_formats,
		.text = "\"markdown\"" },
	{ "agent", F_CHOICE, 0, SPEC(scrape.agent), .choices = scrape_agents,
		.text = "\"default\"" },
	{ "timeoutMs", F_INT, 0, SPEC(scrape.timeout_ms), 0, MS_MOST, .text = "0" },
	{ "cacheTtlS", F_INT, 0, SPEC(scrape.cache_ttl_s), 0, MS_MOST, .text = "0" },
	{ "noCache", F_BOOL, 0, SPEC(scrape.no_cache), .text = "false" },
	{ "onlyMain", F_BOOL, 0, SPEC(scrape.only_main), .text = "false" },
	{ "links", F_CHOICE, 0, SPEC(scrape.links), .choices = page_link_words,
		.text = "\"inline\"" },
	{ "images", F_CHOICE, 0, SPEC(scrape.images), .choices = page_image_words,
		.text = "\"inline\"" },
	{ "structured", F_BOOL, 0, SPEC(scrape.structured), .text = "false" },
	{ "prompt", F_STR, F_OMIT, SPEC(scrape.prompt), 0, 1e6 },
	{ "selectors", F_JSON, F_OMIT, SPEC(selectors) },
	{ "robots", F_BOOL, 0, SPEC(robots), .text = "false" },
	{ "width", F_INT, 0, SPEC(width), 0, 1e6, .text = "0" },
	{ "jitterMinMs", F_INT, 0, SPEC(jitter_min_ms), 0, MS_MOST, .text = "0" },
	{ "jitterMaxMs", F_INT, 0, SPEC(jitter_max_ms), 0, MS_MOST, .text = "0" },
	{ 0 },
};

const char *job_spec_print(const struct job_spec *s, struct arena *a)
{
	struct buf b;
	buf_init(&b, 0);
	fields_encode(job_spec_fields, s, &b);
	const char *json = arena_text(a, buf_str(&b));
	buf_release(&b);
	return json;
}

bool job_spec_read(const char *json, struct arena *a, struct job_spec *s, struct err *e)
{
	const struct field_unknown ignored = { NULL, NULL };
	json_t *object = json_read(a, str_of(json), e);
	*s = (struct job_spec) { 0 };
	if (!object || !fields_decode(job_spec_fields, object, s, a, ignored, e))
		return false;
	return s->jitter_min_ms <= s->jitter_max_ms ||
	       err_set(e, ERR_INVALID_REQUEST, "jitterMinMs is above jitterMaxMs");
}
