// SPDX-License-Identifier: Apache-2.0
// The rows of the documented APIs that a document states (D), shows in an example (E) or leaves to us
// (O), of what the server offers so far. scrape_ (S4): authentication, health, POST /v1/scrape, error
// codes. ScrapeHub (S3): authentication, errors, API keys. X: where documents disagree.

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

const rows = (section, ...numbers) => numbers.flat().map(n => `${section}-${String(n).padStart(2, '0')}`)

export const neededRows = rows('S4',
	2, 3, ...range(5, 10), 12, 13, 14, ...range(19, 23), ...range(25, 31), ...range(33, 40), 44,
	...range(58, 69),
).concat(rows('S3', range(2, 5), range(56, 60), range(89, 91)), rows('X', 1, 2))
