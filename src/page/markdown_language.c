/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language of a block of code, looked for in what highlighters leave behind: attributes, class names
 * with a prefix, and the bare name of a language beside the name of a highlighter. Asked are the code, the
 * pre and the few boxes around it, where a bare name alone proves nothing.
 */
#include "page/markdown_in.h"
#include "base/check.h"

enum { LANG_MAX = 40, INSIDE = 6, AROUND = 3, CLASSES_MAX = 512 };

static const char *const prefixes[] = { "language-", "lang-", "highlight-source-",
	"highlight-text-", "highlight-", "brush:", "sourceCode", "src-" };

/* Words that say that a language's name may stand beside them. */
static const char *const highlighters[] = { "highlight", "hljs", "code", "codehilite",
	"source-code", "syntaxhighlighter", "prettyprint", "chroma", "geshi", "prism" };

/* Names that are believed without a prefix, and what Sphinx puts behind "highlight-". */
static const char *const names[] = { "actionscript", "apache", "applescript", "asm", "awk",
	"bash", "bat", "c", "c++", "clojure", "cmake", "cobol", "coffeescript", "console",
	"cpp", "crystal", "cs", "csharp", "css", "csv", "cuda", "cython", "dart", "delphi",
	"diff", "django", "docker", "dockerfile", "dosini", "elisp", "elixir", "elm", "erlang",
	"fortran", "fsharp", "glsl", "go", "golang", "gradle", "graphql", "groovy", "haskell",
	"hcl", "html", "http", "ini", "java", "javascript", "jinja", "js", "json", "jsx",
	"julia", "kotlin", "latex", "less", "lisp", "lua", "make", "makefile", "markdown",
	"matlab", "md", "nasm", "nginx", "nim", "nix", "objc", "objective-c", "objectivec",
	"ocaml", "pascal", "patch", "perl", "php", "plsql", "postgresql", "powershell",
	"prolog", "proto", "protobuf", "ps1", "puppet", "py", "pycon", "python", "python2",
	"python3", "r", "racket", "rb", "rst", "ruby", "rust", "sas", "sass", "scala", "scheme",
	"scss", "sh", "shell", "smalltalk", "sql", "swift", "tcl", "terraform", "tex", "toml",
	"ts", "tsx", "typescript", "vb", "vbnet", "verilog", "vhdl", "vim", "vue", "wasm",
	"xml", "yaml", "yml", "zig", "zsh" };

static bool listed(const char *const *words, size_t n, struct str word)
{
	char first = word.n ? (char)(word.p[0] | 0x20) : 0;
	for (size_t i = 0; i < n; i++)
		if (words[i][0] == first && str_ieq(word, str_of(words[i])))
			return true;
	return false;
}

/* The value behind one of the prefixes. */
static struct str prefixed(struct str classes)
{
	struct str word;
	while (scan_word(&classes, &word)) {
		for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
			if (prefixes[i][0] != word.p[0])
				continue;
			struct str mark = str_of(prefixes[i]);
			if (!str_starts(word, mark))
				continue;
			struct str value = { word.p + mark.n, word.n - mark.n };
			if (value.n == 0) { /* "brush: js", "sourceCode js" */
				struct str rest = classes;
				scan_word(&rest, &value);
			}
			while (value.n > 1 &&
				(value.p[value.n - 1] == ';' || value.p[value.n - 1] == ','))
				value.n--;
			if (str_eq(mark, STR("highlight-")) &&
				!listed(names, COUNT_OF(names), value))
				break;
			if (value.n && value.n <= LANG_MAX)
				return value;
		}
	}
	return (struct str) { "", 0 };
}

/* The bare name of a language: on the code itself, or elsewhere beside that of a highlighter. */
static struct str bare(struct str classes, bool trusted)
{
	struct str word, rest = classes;
	while (!trusted && scan_word(&rest, &word))
		trusted = listed(highlighters, COUNT_OF(highlighters), word);
	while (trusted && scan_word(&classes, &word))
		if (listed(names, COUNT_OF(names), word))
			return word;
	return (struct str) { "", 0 };
}

/* What a fence's first line can hold, and what says something. */
static bool is_name(struct str v)
{
	if (v.n == 0 || v.n > LANG_MAX)
		return false;
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] <= ' ' || strchr("`~&\\", v.p[i]))
			return false;
	return !str_ieq(v, STR("none")) && !str_ieq(v, STR("plaintext"));
}

static struct str language_of(const struct dom *d, nid id, bool is_code)
{
	static const enum attr_id data[] = { ATTR_DATA_LANG, ATTR_DATA_LANGUAGE };
	struct str v;
	for (size_t i = 0; i < COUNT_OF(data); i++)
		if (dom_attr(d, id, data[i], &v) && v.n <= CLASSES_MAX && is_name(str_trim(v)))
			return str_trim(v);
	if (!dom_attr(d, id, ATTR_CLASS, &v))
		return (struct str) { "", 0 };
	v.n = v.n > CLASSES_MAX ? CLASSES_MAX
				: v.n; /* read again for each pre around which it is */
	struct str lang = prefixed(v);
	if (!lang.n)
		lang = bare(v, is_code);
	return is_name(lang) ? lang : (struct str) { "", 0 };
}

/* What the boxes around say, the nearest one first. */
static struct str language_around(const struct dom *d, nid box)
{
	struct str lang = { "", 0 };
	for (int up = 0; up < AROUND && !lang.n && box; box = dom_parent(d, box)) {
		enum tag_id tag = dom_html_tag(d, box);
		if (tag == TAG_BODY || dom_kind(d, box) != DOM_ELEMENT)
			break;
		lang = language_of(d, box, false);
		up += tag != TAG_TD && tag != TAG_TR &&
		      tag != TAG_TBODY; /* of a table of numbers */
	}
	return lang;
}

struct str md_language(struct md *m, nid pre)
{
	const struct dom *d = m->d;
	struct str lang = { "", 0 };
	nid id = pre;
	for (int n = 0; id && n < INSIDE && !lang.n; n++) {
		id = dom_walk(d, id, pre);
		if (id && dom_kind(d, id) == DOM_ELEMENT)
			lang = language_of(d, id, dom_html_tag(d, id) == TAG_CODE);
	}
	if (!lang.n)
		lang = language_of(d, pre, true);
	nid box = dom_parent(d, pre);
	if (lang.n)
		return lang;
	if (m->code.box != box)
		m->code.around = language_around(d, box);
	m->code.box = box;
	return m->code.around;
}
