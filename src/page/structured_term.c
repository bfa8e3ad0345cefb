/* SPDX-License-Identifier: Apache-2.0 */
/* Prefixes as a chain from the innermost outwards (RDFa Core 1.1, section 7.4), then the initial ones. */
#include "page/structured_term.h"
#include "page/scan.h"
#include "base/check.h"

/* Of the RDFa initial context (https://www.w3.org/2011/rdfa-context/rdfa-1.1), what pages use. */
static const struct {
	const char *name, *iri;
} initial[] = {
	{ "schema", "http://schema.org/" },
	{ "og", "http://ogp.me/ns#" },
	{ "dc", "http://purl.org/dc/terms/" },
	{ "dcterms", "http://purl.org/dc/terms/" },
	{ "dc11", "http://purl.org/dc/elements/1.1/" },
	{ "foaf", "http://xmlns.com/foaf/0.1/" },
	{ "gr", "http://purl.org/goodrelations/v1#" },
	{ "ical", "http://www.w3.org/2002/12/cal/icaltzd#" },
	{ "v", "http://rdf.data-vocabulary.org/#" },
	{ "vcard", "http://www.w3.org/2006/vcard/ns#" },
	{ "sioc", "http://rdfs.org/sioc/ns#" },
	{ "skos", "http://www.w3.org/2004/02/skos/core#" },
	{ "cc", "http://creativecommons.org/ns#" },
	{ "ctag", "http://commontag.org/ns#" },
	{ "rev", "http://purl.org/stuff/rev#" },
	{ "rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#" },
	{ "rdfs", "http://www.w3.org/2000/01/rdf-schema#" },
	{ "owl", "http://www.w3.org/2002/07/owl#" },
	{ "xsd", "http://www.w3.org/2001/XMLSchema#" },
	{ "prov", "http://www.w3.org/ns/prov#" },
	{ "org", "http://www.w3.org/ns/org#" },
	{ "dcat", "http://www.w3.org/ns/dcat#" },
	{ "qb", "http://purl.org/linked-data/cube#" },
	{ "void", "http://rdfs.org/ns/void#" },
	{ "wdr", "http://www.w3.org/2007/05/powder#" },
	{ "xhv", "http://www.w3.org/1999/xhtml/vocab#" },
};

bool terms_declare(struct arena *a, struct terms *t, struct str prefixes)
{
	struct str name, iri;
	bool all = true;
	while (scan_word(&prefixes, &name) && scan_word(&prefixes, &iri)) {
		if (!str_ends(name, STR(":")))
			continue;
		size_t count = t->prefixes ? t->prefixes->count : 0;
		if (count >= TERM_PREFIXES)
			return false;
		if (iri.n > TERM_IRI) {
			all = false;
			continue;
		}
		struct term_prefix *made = ARENA_NEW(a, struct term_prefix);
		name.n--;
		*made = (struct term_prefix) { name, iri, t->prefixes, count + 1 };
		t->prefixes = made;
	}
	return all;
}

static struct str joined(struct arena *a, struct str head, struct str tail)
{
	char *p = arena_raw(a, head.n + tail.n + 1);
	memcpy(p, head.p, head.n);
	memcpy(p + head.n, tail.p, tail.n);
	return (struct str) { p, head.n + tail.n };
}

struct str terms_resource(struct arena *a, const struct terms *t, struct str word)
{
	size_t colon = str_find(word, ':');
	struct str name = { word.p, colon };
	if (colon == word.n)
		return word;
	struct str rest = { word.p + colon + 1, word.n - colon - 1 };
	if (str_starts(rest, STR("//")))
		return word;
	for (const struct term_prefix *p = t->prefixes; p; p = p->up)
		if (str_ieq(p->name, name))
			return joined(a, p->iri, rest);
	for (size_t i = 0; i < COUNT_OF(initial); i++)
		if (str_ieq(str_of(initial[i].name), name))
			return joined(a, str_of(initial[i].iri), rest);
	return word;
}

struct str terms_iri(struct arena *a, const struct terms *t, struct str word)
{
	if (str_find(word, ':') == word.n)
		return t->vocab.n ? joined(a, t->vocab, word) : word;
	return terms_resource(a, t, word);
}

struct str terms_vocab_of(struct str type)
{
	while (type.n && type.p[type.n - 1] != '/' && type.p[type.n - 1] != '#')
		type.n--;
	return type;
}
