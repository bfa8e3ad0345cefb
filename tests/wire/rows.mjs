// SPDX-License-Identifier: Apache-2.0
// The rows of the documented API (scrape_, S4) that the document states (D) or shows in an example
// (E), of what the server offers so far: authentication, health, POST /v1/scrape, error codes.

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

export const neededRows = [
	2, 3, ...range(5, 10), 12, 13, 14, ...range(19, 23), ...range(25, 31), ...range(33, 40), 44,
	...range(58, 69),
].map(n => `S4-${String(n).padStart(2, '0')}`)
