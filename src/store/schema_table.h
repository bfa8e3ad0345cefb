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
SCHEMA_ROW(MAIN, 2,
	/* a person who can sign in; the account is what owns keys, grants and jobs */
	"CREATE TABLE users ("
	" account_id TEXT PRIMARY KEY REFERENCES accounts (id),"
	" name TEXT NOT NULL," /* as typed at first; may be an e-mail address */
	" folded TEXT NOT NULL," /* name in lower case: unique */
	" email TEXT," /* a verified one, for linking; else NULL */
	" password TEXT," /* argon2id PHC text; NULL: signs in elsewhere only */
	" role TEXT NOT NULL," /* admin, member */
	" created_ms BIGINT NOT NULL,"
	" signed_in_ms BIGINT NOT NULL," /* last time; 0: never */
	" password_ms BIGINT NOT NULL);" /* when it was set; what was granted before may be ended */
	"CREATE UNIQUE INDEX users_by_name ON users (folded);"
	"CREATE TABLE identities (" /* the same person at an outside issuer */
	" issuer TEXT NOT NULL,"
	" subject TEXT NOT NULL,"
	" account_id TEXT NOT NULL REFERENCES accounts (id),"
	" created_ms BIGINT NOT NULL,"
	" PRIMARY KEY (issuer, subject));"
	"CREATE TABLE sessions (" /* of browsers, signed in or not */
	" hash BYTEA PRIMARY KEY,"
	" id TEXT NOT NULL," /* to end it from a page: says nothing */
	" account_id TEXT REFERENCES accounts (id)," /* NULL: nobody yet */
	" csrf TEXT NOT NULL,"
	" state TEXT," /* JSON: the request or sign-in elsewhere that is under way */
	" notice TEXT," /* shown once on the next page */
	" created_ms BIGINT NOT NULL,"
	" seen_ms BIGINT NOT NULL,"
	" auth_ms BIGINT NOT NULL," /* of the sign-in; 0 */
	" peer TEXT NOT NULL,"
	" agent TEXT NOT NULL);"
	"CREATE INDEX sessions_by_account ON sessions (account_id);"
	"CREATE INDEX sessions_by_seen ON sessions (seen_ms);"
	"CREATE TABLE invitations ("
	" hash BYTEA PRIMARY KEY,"
	" id TEXT NOT NULL,"
	" kind TEXT NOT NULL," /* invite, setup */
	" role TEXT NOT NULL,"
	" made_by TEXT,"
	" created_ms BIGINT NOT NULL,"
	" expires_ms BIGINT NOT NULL,"
	" used_ms BIGINT NOT NULL);"
	"CREATE TABLE throttle ("
	" key TEXT PRIMARY KEY," /* user:folded name, or peer:address */
	" count BIGINT NOT NULL,"
	" until_ms BIGINT NOT NULL,"
	" last_ms BIGINT NOT NULL);"
	"CREATE INDEX throttle_by_time ON throttle (last_ms);"
	"CREATE TABLE switches (" /* what administrators set in the pages */
	" name TEXT PRIMARY KEY,"
	" value TEXT NOT NULL);"
	"CREATE TABLE audit ("
	" id TEXT PRIMARY KEY,"
	" at_ms BIGINT NOT NULL,"
	" event TEXT NOT NULL,"
	" account_id TEXT," /* who did it; NULL: nobody known */
	" subject TEXT," /* what it was done to: an id or a name, never a secret */
	" peer TEXT NOT NULL,"
	" detail TEXT NOT NULL);"
	"CREATE INDEX audit_by_time ON audit (at_ms);"
	"CREATE INDEX api_keys_by_account ON api_keys (account_id);")
SCHEMA_ROW(MAIN, 3,
	"CREATE TABLE clients ("
	" id TEXT PRIMARY KEY," /* ours, or the URL of its metadata document */
	" kind TEXT NOT NULL," /* dcr, cimd, static */
	" name TEXT NOT NULL,"
	" metadata TEXT NOT NULL," /* JSON, checked: redirect_uris, grant_types and so on */
	" secret_hash BYTEA," /* NULL: public */
	" account_id TEXT REFERENCES accounts (id)," /* whom client_credentials act for */
	" scopes TEXT NOT NULL," /* client_credentials: the most it gets; else empty */
	" created_ms BIGINT NOT NULL,"
	" used_ms BIGINT NOT NULL," /* last authorization; 0: never */
	" fetched_ms BIGINT NOT NULL," /* cimd: when its document was read, */
	" fresh_ms BIGINT NOT NULL," /* and until when it holds */
	" peer TEXT NOT NULL DEFAULT ''," /* network it was registered from, for the hourly limit */
	" disabled BIGINT NOT NULL DEFAULT 0);"
	"CREATE INDEX clients_by_use ON clients (kind, used_ms, created_ms);"
	"CREATE TABLE auth_requests (" /* between /authorize and the answer of the person */
	" id TEXT PRIMARY KEY,"
	" session_hash BYTEA NOT NULL,"
	" client_id TEXT NOT NULL,"
	" redirect_uri TEXT NOT NULL,"
	" challenge TEXT NOT NULL,"
	" scopes TEXT NOT NULL,"
	" issuer TEXT NOT NULL,"
	" resource TEXT NOT NULL,"
	" state TEXT," /* as sent; NULL: none */
	" dpop_jkt TEXT,"
	" created_ms BIGINT NOT NULL,"
	" expires_ms BIGINT NOT NULL);"
	"CREATE INDEX auth_requests_by_end ON auth_requests (expires_ms);"
	"CREATE TABLE grants (" /* one Allow: everything that was issued for it goes with it */
	" id TEXT PRIMARY KEY,"
	" account_id TEXT NOT NULL REFERENCES accounts (id),"
	" client_id TEXT NOT NULL,"
	" client_name TEXT NOT NULL,"
	" kind TEXT NOT NULL," /* code, device, client */
	" scopes TEXT NOT NULL,"
	" issuer TEXT NOT NULL,"
	" resource TEXT NOT NULL,"
	" dpop_jkt TEXT,"
	" auth_ms BIGINT NOT NULL,"
	" created_ms BIGINT NOT NULL,"
	" used_ms BIGINT NOT NULL,"
	" expires_ms BIGINT NOT NULL," /* the longest life of its refresh tokens */
	" revoked_ms BIGINT NOT NULL,"
	" why TEXT);" /* it was revoked */
	"CREATE INDEX grants_by_account ON grants (account_id);"
	"CREATE INDEX grants_by_client ON grants (client_id);"
	"CREATE TABLE codes ("
	" hash BYTEA PRIMARY KEY,"
	" grant_id TEXT NOT NULL REFERENCES grants (id),"
	" redirect_uri TEXT NOT NULL,"
	" challenge TEXT NOT NULL,"
	" expires_ms BIGINT NOT NULL,"
	" used_ms BIGINT NOT NULL);" /* 0: not yet */
	"CREATE INDEX codes_by_end ON codes (expires_ms);"
	"CREATE TABLE refresh ("
	" hash BYTEA PRIMARY KEY,"
	" grant_id TEXT NOT NULL REFERENCES grants (id),"
	" parent BYTEA," /* the one it replaced */
	" created_ms BIGINT NOT NULL,"
	" used_ms BIGINT NOT NULL," /* when it was replaced; 0: not yet */
	" children BIGINT NOT NULL DEFAULT 0," /* pairs that were given for it */
	" expires_ms BIGINT NOT NULL);"
	"CREATE INDEX refresh_by_grant ON refresh (grant_id);"
	"CREATE INDEX refresh_by_end ON refresh (expires_ms);"
	"CREATE TABLE consents ("
	" account_id TEXT NOT NULL REFERENCES accounts (id),"
	" client_id TEXT NOT NULL,"
	" resource TEXT NOT NULL,"
	" scopes TEXT NOT NULL,"
	" at_ms BIGINT NOT NULL,"
	" PRIMARY KEY (account_id, client_id, resource));"
	"CREATE TABLE device_codes ("
	" hash BYTEA PRIMARY KEY,"
	" user_code TEXT NOT NULL," /* normalised: upper case, no dash */
	" client_id TEXT NOT NULL,"
	" scopes TEXT NOT NULL,"
	" issuer TEXT NOT NULL,"
	" resource TEXT NOT NULL,"
	" state TEXT NOT NULL," /* waiting, allowed, denied, used */
	" account_id TEXT,"
	" auth_ms BIGINT NOT NULL DEFAULT 0,"
	" grant_id TEXT,"
	" polled_ms BIGINT NOT NULL,"
	" interval_ms BIGINT NOT NULL,"
	" created_ms BIGINT NOT NULL,"
	" expires_ms BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX device_codes_by_user_code ON device_codes (user_code);"
	"CREATE INDEX device_codes_by_end ON device_codes (expires_ms);"
	"CREATE TABLE signing_keys ("
	" kid TEXT PRIMARY KEY,"
	" jwk TEXT NOT NULL," /* private; sealed with data_key when that is set */
	" state TEXT NOT NULL," /* next, current, retired */
	" created_ms BIGINT NOT NULL,"
	" current_ms BIGINT NOT NULL," /* when it began to sign; 0: not yet */
	" retired_ms BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX signing_keys_one_current ON signing_keys (state) WHERE state = "
	"'current';"
	"CREATE TABLE assertions (" /* jti of client assertions that were used */
	" key TEXT PRIMARY KEY,"
	" expires_ms BIGINT NOT NULL);")
SCHEMA_ROW(MAIN, 4,
	"CREATE TABLE jobs ("
	" id TEXT PRIMARY KEY,"
	" account_id TEXT NOT NULL,"
	" kind TEXT NOT NULL," /* pages */
	" dialect TEXT NOT NULL," /* it was born in: bulk, page, mcp, cli */
	" name TEXT NOT NULL,"
	" spec TEXT NOT NULL," /* JSON: what is done with each URL */
	" webhook TEXT," /* id of the endpoint; NULL: none */
	" state BIGINT NOT NULL," /* enum job_state; below 2 it is open */
	" total BIGINT NOT NULL," /* items */
	" failed BIGINT NOT NULL," /* items that failed: counted when the job ends, 0 before */
	" created_ms BIGINT NOT NULL,"
	" began_ms BIGINT NOT NULL," /* these two: 0 is not yet */
	" ended_ms BIGINT NOT NULL,"
	" deadline_ms BIGINT NOT NULL,"
	" expires_ms BIGINT NOT NULL);" /* 0 until it has ended */
	"CREATE INDEX jobs_open ON jobs (created_ms, id) WHERE state < 2;"
	"CREATE INDEX jobs_by_account ON jobs (account_id, created_ms, id);"
	"CREATE INDEX jobs_by_expiry ON jobs (expires_ms) WHERE expires_ms > 0;"
	"CREATE INDEX jobs_open_by_account ON jobs (account_id, state) WHERE state < 2;"
	"CREATE INDEX jobs_by_webhook ON jobs (webhook) WHERE webhook IS NOT NULL;"
	"CREATE TABLE items (" /* the URLs of jobs */
	" job_id TEXT NOT NULL,"
	" seq BIGINT NOT NULL," /* place in the request, from 0 */
	" url TEXT NOT NULL," /* as sent */
	" state BIGINT NOT NULL," /* 0 waits, 1 runs, 2 has ended */
	" tries BIGINT NOT NULL," /* claims */
	" lost BIGINT NOT NULL," /* those of them that ended with their runner */
	" crashes BIGINT NOT NULL," /* times the process died by computing on it */
	" killed BIGINT NOT NULL," /* times it was killed meanwhile */
	" due_ms BIGINT NOT NULL," /* not before */
	" owner TEXT," /* epoch of the runner that has claimed it */
	" code TEXT," /* name of the error it ended with; NULL: none */
	" message TEXT,"
	" no BIGINT NOT NULL," /* it was the n-th of its job to end, from 1; 0: it has not */
	" ended_ms BIGINT NOT NULL,"
	" PRIMARY KEY (job_id, seq));"
	"CREATE INDEX items_waiting ON items (job_id, due_ms, seq) WHERE state = 0;"
	"CREATE INDEX items_running ON items (owner) WHERE state = 1;"
	"CREATE UNIQUE INDEX items_ended ON items (job_id, no) WHERE no > 0;"
	"CREATE INDEX items_failed ON items (job_id, seq, code) WHERE code IS NOT NULL;"
	"CREATE TABLE results ("
	" job_id TEXT NOT NULL,"
	" seq BIGINT NOT NULL,"
	" body BYTEA NOT NULL," /* packed: src/job/outcome.h */
	" PRIMARY KEY (job_id, seq));"
	"CREATE TABLE runners (" /* processes that work on items */
	" epoch TEXT PRIMARY KEY,"
	" lease_until_ms BIGINT NOT NULL);"
	"CREATE TABLE idempotency ("
	" account_id TEXT NOT NULL,"
	" key TEXT NOT NULL,"
	" hash BYTEA NOT NULL," /* of the request */
	" job_id TEXT NOT NULL,"
	" expires_ms BIGINT NOT NULL,"
	" PRIMARY KEY (account_id, key));"
	"CREATE INDEX idempotency_by_expiry ON idempotency (expires_ms);"
	"CREATE TABLE endpoints (" /* receivers of webhooks */
	" id TEXT PRIMARY KEY,"
	" account_id TEXT NOT NULL,"
	" url TEXT NOT NULL,"
	" secret TEXT NOT NULL," /* whsec_... */
	" old_secret TEXT," /* signs too until old_until_ms */
	" old_until_ms BIGINT NOT NULL,"
	" created_ms BIGINT NOT NULL,"
	" disabled_ms BIGINT NOT NULL," /* 0: is sent to */
	" UNIQUE (account_id, url));"
	"CREATE TABLE deliveries (" /* the outbox: written with the job's final state */
	" id TEXT PRIMARY KEY," /* the webhook-id */
	" job_id TEXT NOT NULL,"
	" endpoint_id TEXT NOT NULL,"
	" state BIGINT NOT NULL," /* 0 waits, 1 is being sent, 2 delivered, 3 given up */
	" tries BIGINT NOT NULL,"
	" due_ms BIGINT NOT NULL,"
	" owner TEXT,"
	" created_ms BIGINT NOT NULL,"
	" ended_ms BIGINT NOT NULL);"
	"CREATE INDEX deliveries_due ON deliveries (due_ms, id) WHERE state = 0;"
	"CREATE INDEX deliveries_sending ON deliveries (owner) WHERE state = 1;"
	"CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint_id) WHERE state = 0;"
	"CREATE INDEX deliveries_by_job ON deliveries (job_id, created_ms);"
	"CREATE TABLE attempts ("
	" delivery_id TEXT NOT NULL,"
	" no BIGINT NOT NULL,"
	" at_ms BIGINT NOT NULL,"
	" took_ms BIGINT NOT NULL,"
	" status BIGINT NOT NULL," /* HTTP; 0: no answer */
	" error TEXT," /* NULL: it was taken */
	" PRIMARY KEY (delivery_id, no));")
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
