#!/bin/sh
# One page through the configured model: SCRAPED_API_KEY=... extract.sh URL 'what to extract'
# (the texts go into JSON as they are: no quotes or backslashes in them)
set -eu
curl -sS "${SCRAPED_URL:-http://127.0.0.1:8080}/v1/scrape" \
	-H "Authorization: Bearer $SCRAPED_API_KEY" \
	-H 'Content-Type: application/json' \
	-d "{\"urls\": [\"$1\"], \"prompt\": \"$2\"}"
