/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The limit to measure against: libcurl fetches and unpacks, nothing else.
 * `limit URLS-FILE IN-FLIGHT TOTAL`; prints {"seconds","done","ok","cpu","rss"}.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static char **urls;
static size_t n_urls, next_url, started, done, ok, total;
static CURLM *multi;

static size_t drop(char *p, size_t s, size_t n, void *u)
{
	(void)p;
	(void)u;
	return s * n;
}

static int start(CURL *e)
{
	if (started >= total)
		return 0;
	started++;
	curl_easy_setopt(e, CURLOPT_URL, urls[next_url++ % n_urls]);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, drop);
	curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(e, CURLOPT_PROXY, "");
	curl_multi_add_handle(multi, e);
	return 1;
}

static void reap(void)
{
	int left;
	for (CURLMsg *m; (m = curl_multi_info_read(multi, &left));) {
		CURL *e = m->easy_handle;
		CURLcode rc = m->data.result;
		long status = 0;
		curl_easy_getinfo(e, CURLINFO_RESPONSE_CODE, &status);
		done++;
		ok += rc == CURLE_OK && status == 200;
		curl_multi_remove_handle(multi, e);
		if (!start(e))
			curl_easy_cleanup(e);
	}
}

int main(int argc, char **argv)
{
	char line[4096];
	FILE *f = argc > 3 ? fopen(argv[1], "r") : NULL;
	if (!f)
		return 2;
	while (fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = 0;
		urls = realloc(urls, (n_urls + 1) * sizeof *urls);
		urls[n_urls++] = strdup(line);
	}
	fclose(f);
	size_t in_flight = strtoul(argv[2], NULL, 10);
	total = strtoul(argv[3], NULL, 10);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	multi = curl_multi_init();
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)in_flight);
	struct timespec a, b;
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (size_t i = 0; i < in_flight; i++)
		start(curl_easy_init());
	while (done < total) {
		int running;
		curl_multi_perform(multi, &running);
		reap();
		if (done < total)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	double cpu = (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
		     (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
	printf("{\"seconds\":%.4f,\"done\":%zu,\"ok\":%zu,\"cpu\":%.3f,\"rss\":%ld}\n",
		(double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9, done, ok,
		cpu, u.ru_maxrss);
	return 0;
}
