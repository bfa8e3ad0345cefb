/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked about each block: FEATURE_ROW(id, word for people). Every answer is a small number
 * (0 to 15) that chooses a row of learnt weights. After a change here run script/gen/content.mjs.
 */
/* clang-format off */
/* the block itself */
FEATURE_ROW(WORDS,       "words")
FEATURE_ROW(DENSITY,     "link density")
FEATURE_ROW(TAG,         "element")
FEATURE_ROW(SENTENCES,   "sentences")
FEATURE_ROW(COMMAS,      "commas")
FEATURE_ROW(CAPITALS,    "capitals")
FEATURE_ROW(DIGITS,      "digits")
FEATURE_ROW(MARKS,       "price or date")
FEATURE_ROW(CUE,         "phrase")
FEATURE_ROW(REPEATED,    "repeated text")
FEATURE_ROW(TITLE,       "words of the title")
FEATURE_ROW(ABOUT,       "words of the description")
/* where it stands */
FEATURE_ROW(FRAME,       "frame")
FEATURE_ROW(INSIDE,      "main or article")
FEATURE_ROW(BOX,         "box")
FEATURE_ROW(BEST,        "best element")
FEATURE_ROW(PLACE,       "place in page")
FEATURE_ROW(H1,          "headline")
FEATURE_ROW(DEPTH,       "depth")
/* what is around it */
FEATURE_ROW(PREV,        "words before")
FEATURE_ROW(PREV_LINKS,  "links before")
FEATURE_ROW(PREV_TAG,    "element before")
FEATURE_ROW(NEXT,        "words after")
FEATURE_ROW(NEXT_LINKS,  "links after")
FEATURE_ROW(NEXT_TAG,    "element after")
FEATURE_ROW(PARENT,      "words of parent")
FEATURE_ROW(PARENT_LINKS,"links of parent")
FEATURE_ROW(GRAND,       "words of grandparent")
FEATURE_ROW(GRAND_LINKS, "links of grandparent")
FEATURE_ROW(GRAND_PROSE, "prose of grandparent")
FEATURE_ROW(PROSE_BEFORE,"prose before")
FEATURE_ROW(PROSE_AFTER, "prose after")
FEATURE_ROW(GROUP,       "blocks alike")
FEATURE_ROW(GROUP_WORDS, "words of those")
FEATURE_ROW(GROUP_LINKS, "links of those")
FEATURE_ROW(SECTION,     "heading above")
FEATURE_ROW(SECTION_FAR, "words since heading")
FEATURE_ROW(CARDS,       "cards")
FEATURE_ROW(CARD_WORDS,  "words of a card")
FEATURE_ROW(CARD_SHARE,  "share of cards")
FEATURE_ROW(CARD_LINKS,  "links of cards")
FEATURE_ROW(CARD_FIRST,  "first card")
FEATURE_ROW(CARD_MOST,   "rank of cards")
FEATURE_ROW(CARD_PRICE,  "prices of cards")
/* clang-format on */
