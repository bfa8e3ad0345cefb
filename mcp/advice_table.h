/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an agent should do next about each error (err_table.h) that a tool call can meet: whether
 * the same call may be tried again, else what to change. ADVICE_ROW(err, "text"); a code without a
 * row gets the general words for its retry flag.
 */
ADVICE_ROW(INVALID_URL, "Trying again does not help. Call again with an absolute URL, such as "
			"https://example.com/page.")
ADVICE_ROW(SCHEME, "Trying again does not help. Call again with an http:// or https:// URL.")
ADVICE_ROW(PRIVATE, "Trying again does not help: this server reads public addresses only. Use "
		    "a public URL, or tell the user.")
ADVICE_ROW(
	TIMEOUT, "Trying again may help. Call again with a larger timeout_ms (at most 120000).")
ADVICE_ROW(FETCH, "Trying again helps only if the site is down for a moment. Check the URL, or "
		  "use another page.")
ADVICE_ROW(NOT_HTML, "Trying again does not help: this is not a web page. Call again with the "
		     "URL of an HTML page.")
ADVICE_ROW(TOO_LARGE,
	"Trying again does not help. Use the URL of a smaller page or of a part of it.")
ADVICE_ROW(INVALID_REQUEST, "Trying the same call again does not help. Correct the argument "
			    "that is named here and call again.")
ADVICE_ROW(RATE_LIMITED, "Make the same call again after the wait, and fewer at a time.")
ADVICE_ROW(OVERLOADED, "The server is busy. Make the same call again in a few seconds.")
ADVICE_ROW(INTERNAL, "Make the same call once more; if it fails again, tell the user.")
ADVICE_ROW(CANCELLED, "Nothing was returned. Make the call again if the page is still wanted.")
ADVICE_ROW(
	SCOPE, "Trying again does not help. The user must set an API key that has this scope.")
ADVICE_ROW(USER_DISABLED, "Trying again does not help. The account's owner must enable it.")
ADVICE_ROW(NOT_IMPLEMENTED,
	"Trying again does not help. Leave out what is named here; read single "
	"pages with scrape_url.")
ADVICE_ROW(NOT_FOUND, "Trying again does not help: the id is wrong, or its time is over. Call "
		      "list_jobs for the jobs there are.")
ADVICE_ROW(CONFLICT, "Trying again does not help: the job has ended. Call get_job_results with "
		     "its job_id.")
ADVICE_ROW(NOT_READY, "Call get_job until the job has ended, then make this call again.")
ADVICE_ROW(IDEMPOTENCY, "Trying again does not help. Call create_job with another "
			"idempotency_key, or list_jobs for the job that this one made.")
ADVICE_ROW(SELECTOR, "Trying the same call again does not help. Correct the selector at the "
		     "position that is named here and call create_job again.")
ADVICE_ROW(TOO_MANY_URLS,
	"Trying again does not help. Call create_job several times, with fewer "
	"urls each.")
ADVICE_ROW(TOO_MANY_JOBS, "Call list_jobs, wait until one of them has ended or end one with "
			  "cancel_job, then make the same call again.")
ADVICE_ROW(ROBOTS, "Trying again does not help: the site asks robots to stay away. Use another "
		   "page, or tell the user.")
ADVICE_ROW(LLM_MISSING,
	"Trying again does not help. Call again without prompt and read the Markdown.")
ADVICE_ROW(LLM_FAILED, "Call again once, or without prompt and read the Markdown.")
