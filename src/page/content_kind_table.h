/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked about a page to tell its kind: EVIDENCE_ROW(id, word for people). Answers are small
 * numbers (0 to 15), weighed like those about blocks. After a change run script/gen/content.mjs.
 */
/* clang-format off */
EVIDENCE_ROW(LD,       "JSON-LD types")
EVIDENCE_ROW(OG,       "Open Graph type")
EVIDENCE_ROW(PATH,     "address")
EVIDENCE_ROW(HOST,     "host name")
EVIDENCE_ROW(DATED,    "dated article")
EVIDENCE_ROW(WORDS,    "words")
EVIDENCE_ROW(PROSE,    "prose")
EVIDENCE_ROW(LINKS,    "links")
EVIDENCE_ROW(PRICES,   "prices")
EVIDENCE_ROW(DATES,    "dates")
EVIDENCE_ROW(SHOP,     "shop phrases")
EVIDENCE_ROW(REPLIES,  "reply phrases")
EVIDENCE_ROW(CODE,     "code")
EVIDENCE_ROW(POSTS,    "names of posts")
EVIDENCE_ROW(USERS,    "names of users")
EVIDENCE_ROW(ITEMS,    "names of items")
EVIDENCE_ROW(CARDS,    "share of cards")
EVIDENCE_ROW(CARD_SIZE,"size of cards")
EVIDENCE_ROW(HEADINGS, "headings")
EVIDENCE_ROW(ARTICLES, "article elements")
EVIDENCE_ROW(BEST,     "share of best element")
EVIDENCE_ROW(BEST_PROSE, "prose of best element")
/* clang-format on */
