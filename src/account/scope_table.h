/* SPDX-License-Identifier: Apache-2.0 */
/* What a key or token may do. SCOPE_ROW(id, "name", "in plain words") */
SCOPE_ROW(SCRAPE, "scrape", "Fetch web pages as Markdown, HTML or extracted data")
SCOPE_ROW(JOBS_READ, "jobs:read", "See jobs and their results")
SCOPE_ROW(JOBS_WRITE, "jobs:write", "Start and cancel jobs")
SCOPE_ROW(METRICS_READ, "metrics:read", "Read the server's metrics")
SCOPE_ROW(KEYS_MANAGE, "keys:manage", "Make and revoke API keys")
