/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/welcome.h"
#include "auth/site.h"
#include "base/mem.h"

#include <stdio.h>

/* What most people need: the client finds out the rest by itself. */
static void print_connect(const char *url)
{
	if (site_refusal())
		return;
	printf("Adding this URL to an MCP client (Claude, ChatGPT, Cursor, VS Code, Codex) is "
	       "all "
	       "the set-up:\n\n  %s/mcp\n\n"
	       "A browser opens, you sign in and press Allow. Clients without a browser, and "
	       "REST, use an API key.\n\n",
		url);
}

static void print_examples(const char *url, const char *key)
{
	printf("\nScrape a page:\n\n"
	       "  curl %s/v1/scrape -H 'Authorization: Bearer %s' \\\n"
	       "    -H 'Content-Type: application/json' -d '{\"urls\": "
	       "[\"https://example.com\"]}'\n\n",
		url, key);
	printf("Claude Desktop / Claude Code (or: claude mcp add --transport http scrape "
	       "%s/mcp --header 'Authorization: Bearer %s'):\n\n"
	       "  {\"mcpServers\": {\"scrape\": {\"type\": \"http\", \"url\": \"%s/mcp\",\n"
	       "    \"headers\": {\"Authorization\": \"Bearer %s\"}}}}\n\n",
		url, key, url, key);
	printf("Cursor (~/.cursor/mcp.json):\n\n"
	       "  {\"mcpServers\": {\"scrape\": {\"url\": \"%s/mcp\",\n"
	       "    \"headers\": {\"Authorization\": \"Bearer %s\"}}}}\n\n",
		url, key);
}

bool welcome_print(const struct conf *c, struct store *store, struct keys *keys,
	const char *address, struct err *e)
{
	struct key_create key = { .account_id = "acc_local",
		.name = "first key",
		.scopes = SCOPES_ALL,
		.made.text = "YOUR_API_KEY" };
	bool first = key_count_live(keys) == 0;
	struct arena *a = arena_new(0);
	bool ok = true;
	if (first)
		ok = key_create_draw(&key, e) && store_run(store, key_create_write, &key, e);
	if (ok) {
		const char *url = c->public_url[0]
					  ? c->public_url
					  : arena_printf(a, "http%s://%s",
						    c->tls_cert[0] ? "s" : "", address);
		printf("scraped listens on %s\n\n", url);
		print_connect(url);
		if (first)
			printf("Your first API key, shown only this once:\n\n  %s\n",
				key.made.text);
		else
			printf("The data folder is %s. `scraped key create` makes another API "
			       "key.\n",
				c->data);
		print_examples(url, key.made.text);
		fflush(stdout);
	}
	mem_wipe(&key, sizeof key);
	arena_free(&a);
	return ok;
}
