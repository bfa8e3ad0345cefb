#!/bin/sh
# One page as Markdown: SCRAPED_API_KEY=... scrape.sh URL
set -eu
curl -sS "${SCRAPED_URL:-http://127.0.0.1:8080}/v1/scrape" \
	-H "Authorization: Bearer $SCRAPED_API_KEY" \
	-H 'Content-Type: application/json' \
	-d "{\"urls\": [\"$1\"]}"
