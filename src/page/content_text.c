/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a text looks like from far: words, capitals, digits, ends of sentences, prices, dates, and the
 * phrases that boxes around a text begin with, in the languages that most pages are written in.
 */
#include "base/check.h"
#include "page/content_text.h"
#include "page/unicode.h"

enum { MONTH_LETTERS = 3, CUE_WORDS = 25 };

/* Compared in lower case with ASCII letters; other letters as they are. */
static const struct {
	uint8_t cue;
	const char *phrase;
} phrases[] = {
	{ CUE_RELATED, "related" },
	{ CUE_RELATED, "recommended" },
	{ CUE_RELATED, "more from" },
	{ CUE_RELATED, "more on" },
	{ CUE_RELATED, "more stories" },
	{ CUE_RELATED, "more news" },
	{ CUE_RELATED, "you may" },
	{ CUE_RELATED, "you might" },
	{ CUE_RELATED, "top stories" },
	{ CUE_RELATED, "latest" },
	{ CUE_RELATED, "most " },
	{ CUE_RELATED, "popular" },
	{ CUE_RELATED, "trending" },
	{ CUE_RELATED, "see also" },
	{ CUE_RELATED, "read also" },
	{ CUE_RELATED, "also read" },
	{ CUE_RELATED, "read next" },
	{ CUE_RELATED, "up next" },
	{ CUE_RELATED, "similar" },
	{ CUE_RELATED, "customers also" },
	{ CUE_RELATED, "frequently bought" },
	{ CUE_RELATED, "recently viewed" },
	{ CUE_RELATED, "editor" },
	{ CUE_RELATED, "around the web" },
	{ CUE_RELATED, "don't miss" },
	{ CUE_RELATED, "lire aussi" },
	{ CUE_RELATED, "lesen sie" },
	{ CUE_RELATED, "mehr zum" },
	{ CUE_RELATED, "leia" },
	{ CUE_RELATED, "leggi anche" },
	{ CUE_RELATED, "baca juga" },
	{ CUE_RELATED, "suggested" },
	{ CUE_RELATED, "further reading" },
	{ CUE_RELATED, "previous" },
	{ CUE_RELATED, "next" },
	{ CUE_RELATED, "lees ook" },
	{ CUE_SHARE, "share" },
	{ CUE_SHARE, "follow" },
	{ CUE_SHARE, "tweet" },
	{ CUE_SHARE, "like this" },
	{ CUE_SHARE, "facebook" },
	{ CUE_SHARE, "twitter" },
	{ CUE_SHARE, "email" },
	{ CUE_SHARE, "print" },
	{ CUE_SHARE, "copy link" },
	{ CUE_SHARE, "teilen" },
	{ CUE_SHARE, "partager" },
	{ CUE_SHARE, "compartir" },
	{ CUE_SHARE, "save" },
	{ CUE_SHARE, "report" },
	{ CUE_SIGN, "sign" },
	{ CUE_SIGN, "log in" },
	{ CUE_SIGN, "login" },
	{ CUE_SIGN, "subscribe" },
	{ CUE_SIGN, "newsletter" },
	{ CUE_SIGN, "join" },
	{ CUE_SIGN, "get the" },
	{ CUE_SIGN, "register" },
	{ CUE_SIGN, "become a" },
	{ CUE_SIGN, "support" },
	{ CUE_SIGN, "donate" },
	{ CUE_SIGN, "enter your" },
	{ CUE_SIGN, "create account" },
	{ CUE_SIGN, "anmelden" },
	{ CUE_COMMENTS, "comment" },
	{ CUE_COMMENTS, "leave a" },
	{ CUE_COMMENTS, "reply" },
	{ CUE_COMMENTS, "replies" },
	{ CUE_COMMENTS, "add a comment" },
	{ CUE_COMMENTS, "post a" },
	{ CUE_COMMENTS, "view all" },
	{ CUE_COMMENTS, "kommentar" },
	{ CUE_COMMENTS, "commentaire" },
	{ CUE_COMMENTS, "be the first" },
	{ CUE_COMMENTS, "no comments" },
	{ CUE_COMMENTS, "your email" },
	{ CUE_AUTHOR, "by " },
	{ CUE_AUTHOR, "about the author" },
	{ CUE_AUTHOR, "written by" },
	{ CUE_AUTHOR, "author" },
	{ CUE_AUTHOR, "posted by" },
	{ CUE_AUTHOR, "von " },
	{ CUE_AUTHOR, "contact" },
	{ CUE_AD, "advert" },
	{ CUE_AD, "sponsor" },
	{ CUE_AD, "promoted" },
	{ CUE_AD, "anzeige" },
	{ CUE_AD, "story continues" },
	{ CUE_AD, "article continues" },
	{ CUE_AD, "continue reading" },
	{ CUE_PHOTO, "photo" },
	{ CUE_PHOTO, "image" },
	{ CUE_PHOTO, "picture" },
	{ CUE_PHOTO, "video" },
	{ CUE_PHOTO, "watch" },
	{ CUE_PHOTO, "credit" },
	{ CUE_PHOTO, "(photo" },
	{ CUE_PHOTO, "courtesy" },
	{ CUE_PHOTO, "foto" },
	{ CUE_PHOTO, "file photo" },
	{ CUE_PHOTO, "getty" },
	{ CUE_PHOTO, "play" },
	{ CUE_PHOTO, "slide" },
	{ CUE_DATE, "published" },
	{ CUE_DATE, "updated" },
	{ CUE_DATE, "posted" },
	{ CUE_DATE, "last " },
	{ CUE_DATE, "modified" },
	{ CUE_DATE, "created" },
	{ CUE_DATE, "asked" },
	{ CUE_DATE, "answered" },
	{ CUE_DATE, "edited" },
	{ CUE_DATE, "first published" },
	{ CUE_MORE, "read more" },
	{ CUE_MORE, "show more" },
	{ CUE_MORE, "view more" },
	{ CUE_MORE, "see more" },
	{ CUE_MORE, "load more" },
	{ CUE_MORE, "learn more" },
	{ CUE_MORE, "read full" },
	{ CUE_MORE, "view " },
	{ CUE_MORE, "see all" },
	{ CUE_MORE, "click here" },
	{ CUE_MORE, "back to" },
	{ CUE_MORE, "show " },
	{ CUE_MORE, "skip" },
	{ CUE_MORE, "expand" },
	{ CUE_LEGAL, "\xC2\xA9" },
	{ CUE_LEGAL, "copyright" },
	{ CUE_LEGAL, "all rights" },
	{ CUE_LEGAL, "terms" },
	{ CUE_LEGAL, "privacy" },
	{ CUE_LEGAL, "cookie" },
	{ CUE_LEGAL, "we use cookies" },
	{ CUE_LEGAL, "this site" },
	{ CUE_LEGAL, "disclaimer" },
	{ CUE_LEGAL, "filed under" },
	{ CUE_LEGAL, "tags" },
	{ CUE_LEGAL, "tagged" },
	{ CUE_LEGAL, "topics" },
	{ CUE_LEGAL, "categor" },
	{ CUE_LEGAL, "powered by" },
	{ CUE_SHOP, "add to" },
	{ CUE_SHOP, "buy" },
	{ CUE_SHOP, "free shipping" },
	{ CUE_SHOP, "in stock" },
	{ CUE_SHOP, "out of stock" },
	{ CUE_SHOP, "sold out" },
	{ CUE_SHOP, "quantity" },
	{ CUE_SHOP, "filter" },
	{ CUE_SHOP, "sort" },
	{ CUE_SHOP, "your cart" },
	{ CUE_SHOP, "checkout" },
	{ CUE_SHOP, "compare" },
	{ CUE_SHOP, "choose" },
	{ CUE_SHOP, "select" },
	{ CUE_SHOP, "ships" },
	{ CUE_SHOP, "delivery" },
	{ CUE_REVIEW, "reviews" },
	{ CUE_REVIEW, "review " },
	{ CUE_REVIEW, "customer review" },
	{ CUE_REVIEW, "ratings" },
	{ CUE_REVIEW, "rated " },
	{ CUE_REVIEW, "testimonial" },
	{ CUE_REVIEW, "what our " },
	{ CUE_REVIEW, "bewertung" },
	{ CUE_REVIEW, "avis" },
	{ CUE_REVIEW, "verified" },
	{ CUE_QUESTION, "faq" },
	{ CUE_QUESTION, "frequently asked" },
	{ CUE_QUESTION, "questions" },
	{ CUE_QUESTION, "q&a" },
	{ CUE_QUESTION, "common questions" },
	{ CUE_QUESTION, "h\xC3\xA4ufig" },
	{ CUE_SHOP, "results" },
	{ CUE_SHOP, "shop" },
};

static uint8_t cue_of(struct str head)
{
	for (size_t i = 0; i < COUNT_OF(phrases); i++)
		if (phrases[i].phrase[0] == head.p[0] &&
			str_starts(head, str_of(phrases[i].phrase)))
			return phrases[i].cue;
	return CUE_NONE;
}

static void end_word(struct content_block *b, struct content_reader *r)
{
	if (r->word_bytes >= CONTENT_LONG) {
		b->long_words++;
		b->in_title += content_word_in(r->said->title, r->word);
		b->in_about += content_word_in(r->said->about, r->word);
	}
	r->word = CONTENT_WORD_START;
	r->word_bytes = 0;
}

static void grow_word(struct content_reader *r, unsigned char c)
{
	r->word = content_word_add(r->word, c);
	r->word_bytes++;
}

static void take_ascii(struct content_block *b, struct content_reader *r, unsigned char c)
{
	bool letter = uni_is_alnum(c);
	if (letter)
		grow_word(r, c);
	else
		end_word(b, r);
	if (letter && !r->inside) {
		b->words++;
		b->capitals += c >= 'A' && c <= 'Z';
	}
	if (c >= '0' && c <= '9') {
		b->digits++;
		b->price |= r->after < 3;
	}
	r->inside = letter || (r->inside && c > ' ');
	if (c <= ' ') {
		b->sentences += r->last == '.' || r->last == '!' || r->last == '?';
		r->after++;
		return;
	}
	if (c == '$')
		b->price |= r->last >= '0' && r->last <= '9';
	r->after = c == '$' ? 0 : r->after + 1;
	b->commas += c == ',';
	r->last = (char)c;
}

void content_text(struct content_block *b, struct content_reader *r, struct str s, bool in_link)
{
	uint32_t words = b->words, unspaced = 0;
	r->word = CONTENT_WORD_START;
	r->word_bytes = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool blank = c <= ' ' && (!r->n || r->head[r->n - 1] == ' ');
		if (r->n < sizeof r->head && !blank)
			r->head[r->n++] = c <= ' ' ? ' ' : str_lower((char)c);
		if (c > ' ')
			b->hash =
				(b->hash ^ (c < 0x80 ? (unsigned char)str_lower((char)c) : c)) *
				16777619U;
		if (c < 0x80) {
			take_ascii(b, r, c);
			continue;
		}
		grow_word(r, c);
		if ((c >= 0xE3 && c <= 0xE9) ||
			(c == 0xE0 && i + 1 < s.n && (unsigned char)s.p[i + 1] >= 0xB8)) {
			unspaced++;
			r->inside = false;
		} else if (c >= 0xC3 && c != 0xE2) {
			b->words += !r->inside;
			r->inside = true;
		}
		if (c >= 0xC2 && i + 2 < s.n && s.n - i >= 3) {
			b->sentences += memcmp(s.p + i, "\xE3\x80\x82", 3) == 0;
			b->commas += memcmp(s.p + i, "\xEF\xBC\x8C", 3) == 0 ||
				     memcmp(s.p + i, "\xE3\x80\x81", 3) == 0;
			if (memcmp(s.p + i, "\xE2\x82\xAC", 3) == 0 ||
				memcmp(s.p + i, "\xC2\xA3", 2) == 0) {
				b->price |= r->last >= '0' && r->last <= '9';
				r->after = 0;
			}
		}
		r->last = (char)c;
	}
	end_word(b, r);
	b->words += (unspaced + 1) / 2;
	if (in_link)
		b->links += b->words - words;
}

/* "12 Nov 2019", "2019-11-20", "3 hours ago": digits and few words, or a month beside digits. */
static bool is_date(const struct content_block *b, struct str head)
{
	static const char *const words[] = { "jan", "feb", "mar", "apr", "may", "jun", "jul",
		"aug", "sep", "oct", "nov", "dec", "ago", "hour", "minute", "day", "year",
		"month", "week", "20", "19" };
	if (b->words > 14 || b->words == 0 || b->digits == 0)
		return false;
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (str_has(head, str_of(words[i])))
			return true;
	return false;
}

void content_text_end(struct content_block *b, const struct content_reader *r)
{
	struct str head = { r->head, r->n };
	bool stop = r->last == '.' || r->last == '!' || r->last == '?';
	b->sentences += stop;
	b->ends = stop || r->last == ':' || r->last == '"' || r->last == ')' ||
		  (unsigned char)r->last == 0x82 || (unsigned char)r->last == 0x9D;
	b->date = is_date(b, head);
	if (head.n && b->words <= CUE_WORDS)
		b->cue = cue_of(head);
}
