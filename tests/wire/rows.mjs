// SPDX-License-Identifier: Apache-2.0
// The rows of the documented APIs that a document states (D), shows in an example (E) or leaves to us
// (O), of what the server offers so far. scrape_ (S4): authentication, health, POST /v1/scrape, error
// codes, async jobs. scrpy (S2): jobs; what it says of billing waits for credits. ScrapeHub (S3): authentication, errors, API keys. X: where documents disagree.

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

const rows = (section, ...numbers) => numbers.flat().map(n => `${section}-${String(n).padStart(2, '0')}`)

export const neededRows = rows('S4',
	2, 3, ...range(5, 10), 12, 13, 14, ...range(19, 23), ...range(25, 31), ...range(33, 40), ...range(44, 52), ...range(54, 57),
	...range(58, 69),
).concat(
	rows('S2', range(2, 5), range(6, 27), range(29, 43), 45, 47),
	[...'abcdef'].map(c => `S2-28${c}`), [...'abcde'].map(c => `S2-46${c}`), [...'abcde'].map(c => `S4-53${c}`),
).concat(rows('S3', range(2, 5), range(56, 60), range(89, 91)), rows('X', 1, 2, range(4, 8), 10, range(11, 13), 15, 16, 20, 21, 23, 25, 31, 34, 35))
