// SPDX-License-Identifier: Apache-2.0
// Looks into (and shifts times in) the database of a running server, and forges tokens with its own
// signing key: what no client could do.
import path from 'node:path'
import { createRequire } from 'node:module'
import { importJWK, SignJWT } from 'jose'

process.removeAllListeners('warning') // node:sqlite says that it is experimental
process.on('warning', () => {})
const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite')

/** Runs `use` with the database open for writing; its result. */
export function withDatabase(scraped, use) {
	const db = new DatabaseSync(path.join(scraped.env.SCRAPED_DATA, 'scraped.db'))
	db.exec('PRAGMA busy_timeout = 5000')
	try {
		return use(db)
	} finally {
		db.close()
	}
}

export const rows = (scraped, sql, ...args) => withDatabase(scraped, db => db.prepare(sql).all(...args))
export const change = (scraped, sql, ...args) => withDatabase(scraped, db => db.prepare(sql).run(...args).changes)

/** Signs whatever claims and header with the server's own current key. */
export async function forge(scraped, claims, header = {}) {
	const [{ kid, jwk }] = rows(scraped, 'SELECT kid, jwk FROM signing_keys WHERE state = \'current\'')
	const key = await importJWK(JSON.parse(jwk), 'ES256')
	return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header }).sign(key)
}
