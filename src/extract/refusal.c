/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why an endpoint did not answer, from the error body that OpenAI's API has and others imitate:
 * {"error": {"message", "type", "param", "code"}}; some leave the wrapper away. All words are rows
 * of refusal_table.h.
 */
#include "extract/answer.h"

#include "base/check.h"
#include "base/json.h"

struct named_refusal {
	struct str name;
	enum refusal refusal;
	const char *words;
};
static const struct named_refusal codes[] = {
#define REFUSAL_CODE(code, refusal, words) { STR(code), REFUSAL_##refusal, words },
#define REFUSAL_NAME(name, refusal, words)
#define REFUSAL_STATUS(status, refusal, words)
#include "extract/refusal_table.h"
#undef REFUSAL_CODE
#undef REFUSAL_NAME
};
static const struct named_refusal names[] = {
#define REFUSAL_CODE(code, refusal, words)
#define REFUSAL_NAME(name, refusal, words) { STR(name), REFUSAL_##refusal, words },
#include "extract/refusal_table.h"
#undef REFUSAL_NAME
#undef REFUSAL_STATUS
};
static const struct {
	int status;
	enum refusal refusal;
	const char *words;
} statuses[] = {
#define REFUSAL_NAME(name, refusal, words)
#define REFUSAL_STATUS(status, refusal, words) { status, REFUSAL_##refusal, words },
#include "extract/refusal_table.h"
#undef REFUSAL_CODE
#undef REFUSAL_NAME
#undef REFUSAL_STATUS
};

static struct str member(const json_t *object, const char *name)
{
	return answer_text(json_object_get(object, name));
}

static enum refusal by_status(int status, struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(statuses); i++)
		if (statuses[i].status == status) {
			err_set(e, ERR_LLM_FAILED, "%s (status %d)", statuses[i].words, status);
			return statuses[i].refusal;
		}
	if (status >= 300 && status < 400)
		err_set(e, ERR_LLM_FAILED,
			"the model's endpoint redirects (status %d), which is not"
			" followed; llm_url must be where it leads",
			status);
	else
		err_set(e, ERR_LLM_FAILED, "the model's endpoint answered with status %d",
			status);
	return REFUSAL_FINAL;
}

static const struct named_refusal *by_code(const json_t *error)
{
	struct str code = member(error, "code"), type = member(error, "type");
	for (size_t i = 0; i < COUNT_OF(codes); i++)
		if (str_eq(code, codes[i].name) || str_eq(type, codes[i].name))
			return &codes[i];
	return NULL;
}

static const struct named_refusal *by_name(const json_t *error)
{
	struct str param = member(error, "param"), message = member(error, "message");
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_eq(param, names[i].name))
			return &names[i];
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_has(message, names[i].name))
			return &names[i];
	return NULL;
}

enum refusal answer_refusal(struct arena *a, int status, struct str body, struct err *e)
{
	struct err why;
	enum refusal refusal = by_status(status, e);
	if (status < 400)
		return refusal;
	const json_t *root = json_read(a, body, &why);
	const json_t *error = json_object_get(root, "error");
	if (!json_is_object(error))
		error = root;
	const struct named_refusal *known = by_code(error);
	if (!known && refusal != REFUSAL_BUSY)
		known = by_name(error);
	if (!known)
		return refusal;
	err_set(e, ERR_LLM_FAILED, "%s (status %d)", known->words, status);
	return known->refusal;
}
