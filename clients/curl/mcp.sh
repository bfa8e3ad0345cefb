#!/bin/sh
# The MCP tool by hand: SCRAPED_API_KEY=... mcp.sh URL
set -eu
curl -sS "${SCRAPED_URL:-http://127.0.0.1:8080}/mcp" \
	-H "Authorization: Bearer $SCRAPED_API_KEY" \
	-H 'Content-Type: application/json' \
	-H 'Accept: application/json, text/event-stream' \
	-d "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"tools/call\",
	     \"params\": {\"name\": \"scrape_url\", \"arguments\": {\"url\": \"$1\"}}}"
