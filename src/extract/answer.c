/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict in what counts as an answer, patient only with the three wrappings that models and servers
 * are known for (a byte order mark, thinking aloud, a code fence). To search a JSON value in prose
 * would find one in the page's own words: then the model is asked again instead.
 */
#include "extract/answer.h"

#include "base/buf.h"
#include "base/json.h"

struct str answer_text(const json_t *j)
{
	return json_is_string(j) ? (struct str) { json_string_value(j), json_string_length(j) }
				 : (struct str) { "", 0 };
}

static int64_t count_of(const json_t *usage, const char *name)
{
	const json_t *j = json_object_get(usage, name);
	int64_t n = json_is_integer(j) ? json_integer_value(j) : 0;
	return n > 0 && n < INT32_MAX ? n : 0;
}

/* [{"type":"text","text":...}, ...]: what some servers give instead of a string. */
static struct str join_parts(struct arena *a, const json_t *parts)
{
	struct buf b;
	size_t i;
	const json_t *part;
	buf_init(&b, ANSWER_BYTES);
	json_array_foreach(parts, i, part)
		buf_add_str(&b, answer_text(json_object_get(part, "text")));
	struct str all = { arena_text(a, buf_str(&b)), b.len };
	buf_release(&b);
	return all;
}

static bool read_message(
	struct arena *a, const json_t *message, struct llm_answer *out, struct err *e)
{
	const json_t *content = json_object_get(message, "content");
	if (answer_text(json_object_get(message, "refusal")).n)
		return err_set(e, ERR_LLM_FAILED, "the model refused to answer");
	out->content = str_trim(
		json_is_array(content) ? join_parts(a, content) : answer_text(content));
	if (!out->content.n && (json_array_size(json_object_get(message, "tool_calls")) ||
				       json_object_get(message, "function_call")))
		return err_set(e, ERR_LLM_FAILED,
			"the model called a tool instead of answering, and it has none");
	return true;
}

bool answer_read(struct arena *a, struct str body, struct llm_answer *out, struct err *e)
{
	struct err why;
	*out = (struct llm_answer) { .content = { "", 0 } };
	const json_t *root = json_read(a, body, &why);
	if (!root)
		return err_set(e, ERR_LLM_FAILED,
			"the model's endpoint answered with something"
			" that is not JSON");
	const json_t *usage = json_object_get(root, "usage");
	out->tokens_in = count_of(usage, "prompt_tokens");
	out->tokens_out = count_of(usage, "completion_tokens");
	const json_t *choice = json_array_get(json_object_get(root, "choices"), 0);
	const json_t *message = json_object_get(choice, "message");
	if (!json_is_object(message))
		return err_set(e, ERR_LLM_FAILED,
			"the model's endpoint answered with something"
			" that is not a chat completion");
	struct str end = answer_text(json_object_get(choice, "finish_reason"));
	if (str_eq(end, STR("content_filter")))
		return err_set(e, ERR_LLM_FAILED,
			"the content filter of the model's endpoint stopped the answer");
	out->cut = str_eq(end, STR("length"));
	return read_message(a, message, out, e);
}

static struct str after(struct str s, size_t n)
{
	return (struct str) { s.p + n, s.n - n };
}

/* Reasoning models that speak through a plain server put their thinking first. */
static struct str drop_thinking(struct str s)
{
	static const struct str open = STR("<think>"), close = STR("</think>");
	if (!str_starts(s, open))
		return s;
	for (size_t i = open.n; i + close.n <= s.n; i++)
		if (s.p[i] == '<' && str_starts(after(s, i), close))
			return str_trim(after(s, i + close.n));
	return s;
}

/* ```json NEWLINE ... NEWLINE ``` when it is all there is. */
static struct str drop_fence(struct str s)
{
	static const struct str fence = STR("```");
	if (!str_starts(s, fence) || !str_ends(s, fence) || s.n < 2 * fence.n)
		return s;
	size_t line = str_find(s, '\n');
	if (line + fence.n >= s.n)
		return s;
	return str_trim((struct str) { s.p + line, s.n - line - fence.n });
}

json_t *answer_value(struct arena *a, struct llm_answer *answer)
{
	struct err why;
	struct str s = answer->content;
	if (str_starts(s, STR("\xEF\xBB\xBF")))
		s = str_trim(after(s, 3));
	answer->content = s = drop_thinking(s);
	json_t *value = json_read(a, drop_fence(s), &why);
	json_t *inner = json_object_size(value) == 1 ? json_object_get(value, "extract") : NULL;
	if (value && answer->cut && !json_is_object(value) && !json_is_array(value))
		return NULL; /* 12 may be the head of 1234 */
	return inner ? inner : value;
}
