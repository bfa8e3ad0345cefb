/* SPDX-License-Identifier: Apache-2.0 */
/* The Tasks extension (ext-tasks): who may use it, and the parameters of its methods. */
#include "mcp/protocol/capability.h"
#include "mcp/protocol/method.h"

#define TASKS_DECLARED "{\"extensions\":{\"" TASKS_EXTENSION "\":{}}}"

bool has_tasks(const struct mcp_call *m)
{
	return m->server->tasks;
}

bool mcp_may_task(const struct mcp_call *m)
{
	const json_t *extensions = json_object_get(m->caps, "extensions");
	return m->server->tasks && mcp_modern(m->revision) &&
	       json_is_object(json_object_get(extensions, TASKS_EXTENSION));
}

enum flow_next mcp_needs_tasks(struct mcp_call *m)
{
	return mcp_lacks(m, "This needs the tasks extension", TASKS_DECLARED);
}

/* false: answered. */
static bool take_task(struct mcp_call *m)
{
	m->task = json_str(json_object_get(m->msg.params, "taskId"));
	if (!mcp_may_task(m))
		mcp_needs_tasks(m);
	else if (!m->task.p)
		mcp_bad_params(m, "params.taskId must be a string");
	return !m->answered;
}

enum flow_next tasks_get(struct mcp_call *m)
{
	return take_task(m) ? m->server->tasks->get.begin(m) : FLOW_NEXT;
}

void tasks_get_end(struct mcp_call *m)
{
	if (m->server->tasks->get.end)
		m->server->tasks->get.end(m);
}

enum flow_next tasks_update(struct mcp_call *m)
{
	m->answers = json_object_get(m->msg.params, "inputResponses");
	if (!take_task(m))
		return FLOW_NEXT;
	if (!json_is_object(m->answers))
		return mcp_bad_params(m, "params.inputResponses must be an object");
	return m->server->tasks->update.begin(m);
}

void tasks_update_end(struct mcp_call *m)
{
	if (m->server->tasks->update.end)
		m->server->tasks->update.end(m);
}

enum flow_next tasks_cancel(struct mcp_call *m)
{
	return take_task(m) ? m->server->tasks->cancel.begin(m) : FLOW_NEXT;
}

void tasks_cancel_end(struct mcp_call *m)
{
	if (m->server->tasks->cancel.end)
		m->server->tasks->cancel.end(m);
}
