/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the Markdown writer (markdown*.c): what its parts offer each other. */
#ifndef PAGE_MARKDOWN_IN_H
#define PAGE_MARKDOWN_IN_H

#include "page/markdown_out.h"

/* markdown.c */
void md_leave(struct md *m); /* the element of the innermost frame ends */
void md_push_box(
	struct md *m, nid id, enum md_act act); /* ACT_BLOCK, ACT_SPACE: all they need */
struct md_frame *md_push(struct md *m, nid id, enum md_act act); /* NULL: too deep */

/* markdown_seen.c */
/* Only with one of ATTR_HIDING can an element be hidden. bits: what dom_attr_bits says of it. */
bool md_hidden_by(const struct dom *d, nid id, uint64_t bits);
static inline bool md_hidden(const struct dom *d, nid id)
{
	uint64_t bits = d->nodes[id].flags & NODE_SHOWN ? 0 : dom_attr_bits(d, id);
	return bits & ATTR_HIDING && md_hidden_by(d, id, bits);
}
bool md_is_math_copy(const struct dom *d, nid id);
bool md_is_folded_row(const struct dom *d, nid row); /* hidden until asked for */

/* markdown_mark.c: emphasis and the brackets of links */
bool md_mark_push(struct md *m, enum md_mark_kind kind, nid node);
void md_mark_pop(struct md *m);
void md_marks_suspend(struct md *m); /* a block ends inside them */

/* markdown_open.c */
void md_marks_open(struct md *m, uint32_t next); /* those that wait, before next */

/* markdown_close.c */
void md_settle_all(struct md *m, uint32_t next);
static inline void md_settle(
	struct md *m, uint32_t next) /* emphasis that closed just before `next` */
{
	if (m->marks.n_recent)
		md_settle_all(m, next);
}
/* Before text that may bring a link or more emphasis. */
void md_settle_before(struct md *m, uint32_t next);

/* markdown_text.c */
void md_text(struct md *m, struct str s);
/* Bytes before `safe` may be read, though they are not of the text. */
void md_word(struct md *m, struct str s, const char *safe);
void md_escaped(
	struct md *m, struct str s); /* no blanks at its ends, no look at what is around */
void md_drop_backslash(struct md *m); /* when the text was cut behind it */
bool md_is_reference(const char *p, const char *end); /* "&" there begins one */

/* markdown_line.c */
void md_line_check(struct md *m); /* escapes what would act at the start of the line */
void md_line_check_above(struct md *m, size_t at); /* of the line before hard breaks */

/* markdown_bare.c */
void md_guard_addresses(struct md *m, size_t from); /* in the text of a link from here on */
bool md_is_behind_address(
	const struct md *m, size_t at); /* of a link or an image, nothing set apart between */
bool md_address_takes(const struct md *m, uint32_t next); /* with the delimiters before it */

/* markdown_block.c */
bool md_block_enter(struct md *m, nid id, enum md_kind kind);
void md_block_leave(struct md *m, const struct md_frame *f);

/* markdown_list.c */
bool md_list_enter(struct md *m, nid id);
void md_list_leave(struct md *m, const struct md_frame *f);
bool md_item_enter(struct md *m, nid id);
void md_item_leave(struct md *m, const struct md_frame *f);
bool md_is_childless(const struct dom *d, nid id); /* but for one text */

/* markdown_code.c */
void md_pre(struct md *m, nid id);
void md_code(struct md *m, nid id);
void md_code_span(struct md *m, struct str text); /* line ends become blanks */
bool md_is_gutter(const struct dom *d, nid id);
bool md_is_code_table(const struct dom *d, nid table); /* a column of numbers and no pre */
/* All text below `top`, lines kept; hidden parts, buttons and gutters left out. */
void md_gather(const struct dom *d, nid top, struct buf *out);
/* The same where such elements may stand in each other; false: it is long, or of many nodes. */
bool md_gather_few(const struct dom *d, nid top, struct buf *out);

/* markdown_language.c */
struct str md_language(struct md *m, nid pre); /* empty: unknown */

/* markdown_link.c */
bool md_link_enter(struct md *m, nid id);
void md_link_leave(struct md *m, const struct md_frame *f);
void md_link_gap(struct md *m, uint32_t next); /* before the bracket of a link */
void md_link_close(struct md *m, nid id, size_t text_at);

/* markdown_title.c: the titles, where they say something new */
void md_link_title(struct md *m, struct str title, size_t text_at, size_t text_end);
void md_image_title(struct md *m, struct str title, struct str alt, size_t url_at);

/* markdown_name.c: what stands in for text; false: nothing does */
bool md_icon_title(const struct dom *d, nid id, struct str *title); /* what an icon is called */
bool md_name_of(
	const struct dom *d, nid id, struct str *name); /* by its label, title or icon */

/* markdown_auto.c */
bool md_autolink(struct md *m, nid id, struct str href); /* true: written */

/* markdown_refs.c */
/* Makes a reference of the address and title behind "](" there. */
void md_refer(struct md *m, size_t label_end);
void md_put_refs(struct md *m); /* what all of them refer to, below the text */

/* markdown_url.c */
bool md_resolve(
	struct md *m, struct str ref); /* into m->address.text; false: nothing to link to */
void md_put_url(struct md *m, struct str url);
void md_address_end(struct md *m, bool is_image); /* closes what m->address was written for */
bool md_is_web(struct str url); /* "://" is in it */

/* markdown_image.c, markdown_media.c */
void md_image(struct md *m, nid id);
void md_put_label(struct md *m, struct str text, size_t max); /* one line, brackets escaped */
bool md_is_tiny(const struct dom *d, nid id); /* a pixel wide and high, or less */
void md_media(struct md *m, nid id);
bool md_object(struct md *m, nid id);

/* markdown_caption.c */
bool md_caption_says(struct md *m, nid image, struct str alt); /* of the figure it stands in */
/* May so many bytes be read that say something of several images? A few times the page at most. */
bool md_affords(struct md *m, size_t bytes);

/* markdown_inline.c */
bool md_script(struct md *m, nid id, bool up);
bool md_is_whole_reference(const struct dom *d, nid id); /* a cite that is no mere title */
void md_input(struct md *m, nid id);

/* markdown_math.c */
bool md_math(struct md *m, nid id);
bool md_math_script(struct md *m, nid id);
void md_formula(struct md *m, struct str tex, bool display); /* display: a line of its own */

/* markdown_table.c */
bool md_table_enter(struct md *m, nid id);
bool md_row_enter(struct md *m, nid id);
bool md_cell_enter(struct md *m, nid id);
void md_row_leave(struct md *m, const struct md_frame *f);
void md_cell_leave(struct md *m, const struct md_frame *f);

#endif
