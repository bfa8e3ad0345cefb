/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every setting, once. CONF_ROW(name, TYPE, default, min, max, meaning)
 * The flag is --name with dashes, the variable SCRAPED_NAME in capitals, the file's line name = value.
 * TYPE: TEXT, SECRET (never printed), INT, BYTES (suffix K, M, G), MS (suffix ms, s, m, h; plain
 * is milliseconds), BOOL. min/max bound numbers. `off` is accepted as 0 where min is 0.
 */
/*       name                   TYPE    default            min   max         meaning */
CONF_ROW(listen,                TEXT,   "127.0.0.1:8080",  0,    0,          "address and port to listen on; [::1]:8080 for IPv6, port 0 picks one")
CONF_ROW(data,                  TEXT,   "data",            0,    0,          "folder of the databases; made if it is missing")
CONF_ROW(public_url,            TEXT,   "",                0,    0,          "URL at which others reach this server, such as https://scrape.example")
CONF_ROW(tls_cert,              TEXT,   "",                0,    0,          "certificate chain (PEM); with tls_key the server speaks TLS itself")
CONF_ROW(tls_key,               TEXT,   "",                0,    0,          "private key (PEM) of tls_cert")
CONF_ROW(behind_proxy,          BOOL,   "off",             0,    1,          "a proxy in front does TLS: allow a public listen address without tls_cert")
CONF_ROW(trusted_proxies,       TEXT,   "",                0,    0,          "addresses or CIDRs whose X-Forwarded-For is believed, comma separated")
CONF_ROW(allowed_hosts,         TEXT,   "",                0,    0,          "more names accepted in Host, comma separated; * accepts any")
CONF_ROW(allowed_origins,       TEXT,   "",                0,    0,          "more browser origins accepted, comma separated; * accepts any")
CONF_ROW(log_level,             TEXT,   "info",            0,    0,          "least severe lines to log: debug, info, warn, error, off")
CONF_ROW(desks,                 INT,    "0",               0,    64,         "computing threads; 0: one for each core, at least 2")
CONF_ROW(desk_queue,            INT,    "512",             1,    100000,     "requests waiting for a desk before 503")
CONF_ROW(drain_ms,              MS,     "25s",             0,    600000,     "time that running requests get after SIGTERM")

CONF_ROW(max_connections,       INT,    "1024",            1,    12000,      "client connections in all")
CONF_ROW(max_connections_per_ip,INT,    "64",              0,    12000,      "client connections of one address; off: no limit (behind a proxy)")
CONF_ROW(head_timeout_ms,       MS,     "10s",             100,  600000,     "time for the whole header block")
CONF_ROW(body_timeout_ms,       MS,     "30s",             100,  600000,     "time for the whole request body")
CONF_ROW(idle_timeout_ms,       MS,     "60s",             100,  3600000,    "idle time of a kept connection")
CONF_ROW(write_timeout_ms,      MS,     "30s",             100,  600000,     "time without progress for a client that does not read its answer")
CONF_ROW(max_header_bytes,      BYTES,  "16K",             1024, 65536,      "request line and headers together")
CONF_ROW(max_header_lines,      INT,    "100",             10,   1000,       "header lines of a request")
CONF_ROW(max_target_bytes,      BYTES,  "8K",              256,  16384,      "request target (path and query)")
CONF_ROW(max_body_bytes,        BYTES,  "1M",              1024, 67108864,   "request body")
CONF_ROW(body_memory_bytes,     BYTES,  "256M",            1048576, 17179869184, "request bodies in memory together, before 503")
CONF_ROW(answer_memory_bytes,   BYTES,  "256M",            1048576, 17179869184, "large answers that wait for their readers together, before 503")

CONF_ROW(rate_per_minute,       INT,    "600",             0,    1000000,    "requests a minute for each key; off: no limit")
CONF_ROW(key_in_flight,         INT,    "16",              0,    100000,     "requests at a time for each key; off: no limit")

CONF_ROW(allow_targets,         TEXT,   "",                0,    0,          "private targets that may be fetched: address or CIDR, optional :port, comma separated")
CONF_ROW(nat64_prefix,          TEXT,   "",                0,    0,          "NAT64 prefix of an IPv6-only network, such as 64:ff9b::/96; the embedded IPv4 is judged")
CONF_ROW(fetch_in_flight,       INT,    "1000",            1,    10000,      "page transfers at a time; more wait")
CONF_ROW(fetch_per_host,        INT,    "8",               0,    10000,      "transfers at a time to one host; off: no limit")
CONF_ROW(fetch_lookups,         INT,    "64",              1,    1000,       "DNS look-ups at a time")
CONF_ROW(fetch_connect_ms,      MS,     "5s",              10,   120000,     "time to connect, TLS included")
CONF_ROW(fetch_redirects,       INT,    "10",              0,    50,         "redirects followed")
CONF_ROW(fetch_wire_bytes,      BYTES,  "10M",             1024, 1073741824, "largest body as it travels (packed)")
CONF_ROW(fetch_body_bytes,      BYTES,  "10M",             1024, 1073741824, "largest body when unpacked")
CONF_ROW(fetch_memory_bytes,    BYTES,  "512M",            1048576, 17179869184, "bodies of all transfers together; more transfers wait")
CONF_ROW(ca_file,               TEXT,   "",                0,    0,          "certificates that are trusted (PEM bundle); empty: the system's")
CONF_ROW(user_agent_default,    TEXT,   "Mozilla/5.0 (compatible; scraped/" SCRAPED_VERSION ")", 0, 0, "User-Agent of the default profile")
CONF_ROW(user_agent_mobile,     TEXT,   "Mozilla/5.0 (Linux; Android 14; Mobile; compatible; scraped/" SCRAPED_VERSION ")", 0, 0, "User-Agent of the mobile profile")
CONF_ROW(user_agent_tablet,     TEXT,   "Mozilla/5.0 (Linux; Android 14; Tablet; compatible; scraped/" SCRAPED_VERSION ")", 0, 0, "User-Agent of the tablet profile")

CONF_ROW(page_time_ms,          MS,     "5s",              10,   120000,     "computing time for one page before it is cut")
CONF_ROW(page_memory_bytes,     BYTES,  "64M",             1048576, 4294967296, "memory for the tree of one page")
CONF_ROW(page_markdown_bytes,   BYTES,  "off",             0,    1073741824, "Markdown of one page before it is cut; off: four times the page's size")

CONF_ROW(cache_bytes,           BYTES,  "1G",              0,    1099511627776, "size of the page cache on disk; off: no cache")

CONF_ROW(llm_url,               TEXT,   "",                0,    0,          "base of an OpenAI-compatible API, such as http://host/v1; empty: no extraction")
CONF_ROW(llm_key,               SECRET, "",                0,    0,          "key sent to llm_url as a bearer token")
CONF_ROW(llm_model,             TEXT,   "",                0,    0,          "model name sent to llm_url")
CONF_ROW(llm_timeout_ms,        MS,     "60s",             100,  600000,     "time for one extraction, all its model calls together")
CONF_ROW(llm_max_tokens,        INT,    "4096",            16,   131072,     "tokens of one model answer")
CONF_ROW(llm_input_bytes,       BYTES,  "96K",             1024, 4194304,    "page text sent in one model call; longer pages are cut along headings")
CONF_ROW(llm_max_calls,         INT,    "8",               1,    64,         "model calls for one page")
CONF_ROW(llm_in_flight,         INT,    "16",              1,    1000,       "model calls at a time")
