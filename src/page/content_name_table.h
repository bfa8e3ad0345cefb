/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the words of class names and ids say about a box: NAME_ROW(id, words). A word counts when it
 * begins with one of these (eight letters at most are compared), so "comment" covers "comments" and
 * "commentlist"; three letters and fewer must be equal. Weak evidence, weighed with all else.
 */
/* clang-format off */
NAME_ROW(NAV,     "nav navbar navigati menu submenu breadcru crumb crumbs paginati pager paging toc skip jump tabs megamenu sitemap")
NAME_ROW(FOOT,    "footer foot copyrigh legal bottom colophon disclaim")
NAME_ROW(HEAD,    "header masthead topbar banner hero top")
NAME_ROW(SIDE,    "sidebar aside side rail widget right secondar column col complement")
NAME_ROW(SHARE,   "share sharing social follow facebook twitter whatsapp addthis sns")
NAME_ROW(RELATED, "related recommen suggest similar popular trending latest readmore teaser upsell crosssel more also readnext mostread seealso upnext")
NAME_ROW(COMMENT, "comment disqus respond commenta")
NAME_ROW(AD,      "ad ads adv advert sponsor promo outbrain taboola dfp adsense werbung publicid")
NAME_ROW(SIGN,    "newslett subscrib subscrip signup login signin register cta donate paywall email")
NAME_ROW(OVERLAY, "modal popup overlay cookie consent gdpr dialog lightbox tooltip toast notifica notice alert drawer dropdown offcanva flyout")
NAME_ROW(META,    "meta byline author date time timestam publishe posted dateline info bio about")
NAME_ROW(TAGS,    "tag tags tagged category categori topics label labels keywords cat cats")
NAME_ROW(CAPTION, "caption credit figcapti legend copyrigh")
NAME_ROW(MEDIA,   "gallery slidesho carousel slider image img photo picture media video player audio embed figure")
NAME_ROW(BODY,    "content contents body entry text main prose markdown richtext rte article story wysiwyg copy")
NAME_ROW(POST,    "post posts message thread topic reply replies answer question response")
NAME_ROW(TITLE,   "title headline heading hed subtitle subhead")
NAME_ROW(LEAD,    "dek standfir lead summary excerpt deck intro abstract descript desc subtitle")
NAME_ROW(ITEM,    "product item card tile grid list listing result results catalog entry entries row")
NAME_ROW(PRICE,   "price prices pricing sku stock shipping cart basket buy qty quantity wishlist swatch variant")
NAME_ROW(TOOL,    "button btn toolbar tool tools action actions control controls filter facet sort select option options")
NAME_ROW(RATING,  "rating ratings star stars vote votes score badge")
NAME_ROW(USER,    "user username profile avatar signatur member poster contribu")
NAME_ROW(ACCESS,  "sr screen visually visuallyhidden hidden noprint print edit editsect assistiv accessib")
NAME_ROW(SPEC,    "spec specs specific detail details feature features tab panel panels overview")
NAME_ROW(REVIEW,  "review reviews testimon feedback opinion opinions")
NAME_ROW(FAQ,     "faq faqs accordio qa collapse expander")
/* clang-format on */
