/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Embedded media: players, frames and objects become links to what they show, named by their titles. A frame without a
 * name is left out, unless it is a player; of a video that no address leads to its poster is shown.
 */
#include "page/markdown_in.h"
#include "base/check.h"

/* Players have an address for machines; people know the other one. */
static const struct player {
	struct str machine;
	const char *human;
} players[] = {
	{ STR_INIT("youtube.com/embed/"), "https://www.youtube.com/watch?v=" },
	{ STR_INIT("youtube.com/v/"), "https://www.youtube.com/watch?v=" },
	{ STR_INIT("youtube-nocookie.com/embed/"), "https://www.youtube.com/watch?v=" },
	{ STR_INIT("player.vimeo.com/video/"), "https://vimeo.com/" },
};

/* Replaces the address when it is one of those. */
static void friendly(struct md *m)
{
	struct str url = m->address.text, rest = url;
	char video[64];
	static const struct str heads[] = { STR_INIT("https:"), STR_INIT("http:"),
		STR_INIT("//"), STR_INIT("www.") };
	for (size_t i = 0; i < COUNT_OF(heads); i++)
		if (str_starts(rest, heads[i]))
			rest = (struct str) { rest.p + heads[i].n, rest.n - heads[i].n };
	for (size_t i = 0; i < COUNT_OF(players); i++) {
		if (!str_starts(rest, players[i].machine))
			continue;
		size_t n = 0, from = players[i].machine.n;
		while (n < sizeof video && from + n < rest.n &&
			!strchr("?/&#", rest.p[from + n])) {
			video[n] = rest.p[from + n];
			n++;
		}
		if (n == 0 || str_eq((struct str) { video, n }, STR("videoseries")))
			return;
		buf_clear(&m->address.made);
		buf_text(&m->address.made, players[i].human);
		buf_add(&m->address.made, video, n);
		m->address.text = buf_str(&m->address.made);
		return;
	}
}

static bool is_player(struct str url)
{
	static const struct str words[] = { STR_INIT("youtube.com/"),
		STR_INIT("youtube-nocookie.com/"), STR_INIT("player.vimeo.com/"),
		STR_INIT("dailymotion.com/"), STR_INIT("open.spotify.com/"),
		STR_INIT("soundcloud.com/"), STR_INIT("ted.com/") };
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (str_has(url, words[i]))
			return true;
	return false;
}

/* A link to the address that was resolved, or an image of it. */
static void put_labelled(struct md *m, struct str label, bool is_image)
{
	md_content(m, is_image ? '!' : '[');
	md_say(m, is_image ? "![" : "[");
	md_put_label(m, label, MD_ALT_MAX);
	md_say(m, "](");
	md_put_url(m, m->address.text);
	md_address_end(m, is_image);
}

static struct str label_of(const struct dom *d, nid id)
{
	struct str label = { "", 0 };
	if (!dom_attr(d, id, ATTR_TITLE, &label) || md_is_spacer(label))
		dom_attr(d, id, ATTR_ARIA_LABEL, &label);
	return label;
}

/* On a line of its own; in a heading, a cell or the like in the line. */
static void put_media(struct md *m, struct str label)
{
	md_block(m, 2);
	put_labelled(m, label, false);
	md_block(m, 2);
}

/* The picture of a video (standard 4.8.8) that no link leads to. */
static void put_poster(struct md *m, nid id, struct str label)
{
	struct str poster;
	if (!dom_attr(m->d, id, ATTR_POSTER, &poster))
		return;
	if (m->o->images == IMAGES_ALT)
		md_text(m, label);
	if (m->o->images == IMAGES_INLINE && md_resolve(m, poster))
		put_labelled(m, label, true);
}

void md_media(struct md *m, nid id)
{
	const struct dom *d = m->d;
	enum tag_id tag = dom_html_tag(d, id);
	struct str src = { "", 0 }, label = label_of(d, id);
	dom_attr(d, id, ATTR_SRC, &src);
	if (!str_trim(src).n)
		dom_attr(d, id, ATTR_DATA_SRC, &src);
	for (nid c = dom_first(d, id); c && !src.n; c = dom_next(d, c))
		if (dom_html_tag(d, c) == TAG_SOURCE)
			dom_attr(d, c, ATTR_SRC, &src);
	if (md_is_spacer(label) && tag == TAG_FRAME)
		dom_attr(d, id, ATTR_NAME, &label);
	if (md_is_tiny(d, id))
		return;
	if (!md_resolve(m, src) || m->o->links == LINKS_NONE) {
		put_poster(m, id, label);
		return;
	}
	if (m->in_link)
		return;
	if (md_is_spacer(label)) {
		bool audio = tag == TAG_AUDIO || tag == TAG_AMP_AUDIO;
		bool video = tag == TAG_VIDEO || tag == TAG_AMP_VIDEO;
		if (!audio && !video && !is_player(m->address.text))
			return;
		label = audio ? STR("Audio") : STR("Video");
	}
	friendly(m);
	put_media(m, label);
}

/* true: what stands in it for readers that cannot show it (standard 4.8.7) is written; where nothing does, a link to
 * what has a name, or is a document. */
bool md_object(struct md *m, nid id)
{
	const struct dom *d = m->d;
	struct str data, type = { "", 0 }, label = label_of(d, id);
	for (nid c = dom_first(d, id); c; c = dom_next(d, c))
		if (dom_kind(d, c) == DOM_TEXT ? !md_is_spacer(dom_text(d, c))
					       : dom_kind(d, c) == DOM_ELEMENT &&
							 dom_html_tag(d, c) != TAG_PARAM)
			return true;
	dom_attr(d, id, ATTR_TYPE, &type);
	if (md_is_spacer(label) && str_ieq(str_trim(type), STR("application/pdf")))
		label = STR("PDF");
	if (md_is_spacer(label) || m->o->links == LINKS_NONE || m->in_link ||
		!dom_attr(d, id, ATTR_DATA, &data) || !md_resolve(m, data))
		return false;
	put_media(m, label);
	return false;
}
