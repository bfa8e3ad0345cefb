/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The databases, step by step. SCHEMA_ROW(file, step, "SQL"): a step that was ever released is never
 * changed again; a change is a new step with the next number of its file. Rows of a file stand
 * together, in order.
 */
SCHEMA_ROW(MAIN, 1,
	"CREATE TABLE accounts ("
	" id TEXT PRIMARY KEY,"
	" name TEXT NOT NULL,"
	" disabled BIGINT NOT NULL DEFAULT 0," /* 1: its keys answer USER_DISABLED */
	" created_ms BIGINT NOT NULL);"
	"INSERT INTO accounts (id, name, created_ms) VALUES ('acc_local', 'local', 0);"
	"CREATE TABLE api_keys ("
	" id TEXT PRIMARY KEY,"
	" account_id TEXT NOT NULL REFERENCES accounts (id),"
	" hash BYTEA NOT NULL," /* SHA-256 of the key's text */
	" prefix TEXT NOT NULL," /* its first 12 characters, to tell keys apart */
	" name TEXT NOT NULL,"
	" scopes TEXT NOT NULL," /* names, blanks between */
	" created_ms BIGINT NOT NULL,"
	" expires_ms BIGINT NOT NULL," /* these three: 0 is never */
	" revoked_ms BIGINT NOT NULL,"
	" last_used_ms BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (hash);")
SCHEMA_ROW(CACHE, 1,
	"CREATE TABLE pages ("
	" hash BYTEA PRIMARY KEY," /* of account, normalised URL and user agent profile */
	" final_url TEXT NOT NULL,"
	" mime TEXT,"
	" charset TEXT,"
	" encoding TEXT," /* how the body is packed; NULL: not at all */
	" status BIGINT NOT NULL,"
	" fetched_ms BIGINT NOT NULL,"
	" took_ms BIGINT NOT NULL,"
	" body BYTEA NOT NULL);"
	"CREATE INDEX pages_by_time ON pages (fetched_ms);")
