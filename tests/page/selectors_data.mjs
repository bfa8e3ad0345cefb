// SPDX-License-Identifier: Apache-2.0
// Selectors of every kind, each of which finds something in selectors.html, where css-select is wrong by the
// standard, and texts that are no selectors. After the style of web-platform-tests' css/selectors.

export const selectors = [
	// types, universal, ids, classes
	'*', 'p', 'P', 'html', 'body', 'h1', 'li', 'a', 'x-card', 'X-Card', 'svg', 'svg title', 'title', 'math', 'mi', 'p, li', 'li, p', 'p, p', 'h1, h2, h3',
	'#one', '#two', 'div#one', '*#one', '#日本語', '#top', '#off, #in-off', '#in-legend',
	'.box', '.k', '.box.first', '.first.box', '.Box', 'div.box', 'p.k', '.é', '.ünï', '.日本', '._z', '.--y', '.-x', '.tail', '.tabbed', '.lined', '.tail.tabbed.lined', 'div.box.second#two',
	// escapes
	'.\\31 st', '.\\31st', '.\\000031st', '#\\23 hash\\.dot\\:colon', '#\\#hash\\.dot\\3a colon', '.p\\72 ice', 'd\\69v', '\\70', '.\\e9', '[name=user\\[name\\]]', '[name="user[name]"]', "[name='user\\5bname]']", '[data-x=""]',
	// attributes
	'a[href]', 'A[HREF]', '[data-id]', '[data-ID2]', '[data-id="7"]', "[data-id='7']", '[title="A title"]', '[ title = "A title" ]', '[title="a TITLE" i]', '[title="A title"s]', '[title="A title" S]', '[class=k]', '[class="k" I]',
	'[class~=odd]', '[class~="first"]', '[data-list~=b]', '[data-list~="c"]', '[lang|=de]', '[lang|="de-Latn"]', '[hreflang|=en]', '[href^="/"]', '[href^=http]', '[href$=".pdf"]', '[href$=html]', '[href*="x.ex"]', '[href*=Z i]', '[class^=bo]', '[class$=last]', '[class*=o]', 'a[href][rel]', '[alt=""]', 'input[type=checkbox]', '[type=CheckBox]', '[rel=stylesheet]', '[rel~=nofollow]', '[media=screen]', '[method=post]', '[scope=row]', '[class="é ünï 日本"]',
	// combinators
	'div p', 'div > p', 'div>p', 'div  >  p', 'p + p', 'p+p', 'p ~ p', 'p ~ ul', 'h1 ~ p', 'h1 + p', 'li li', 'ul > li > ul > li', 'ul li + li', 'li ~ .k', '.box .k', '.box > .k', 'body > *', 'body > div ~ div', 'div div, div p b', 'dt + dd', 'dt ~ dd', 'dd + dd', 'tr > td + td', 'body div ul li ul li', 'html > body > div > p > b > i > u > s', 'article header ~ p img', '.first ~ .third td', 'ul ul li ~ li', 'section + section', 'div + div > ol', 'body\tp', 'p/**/.k', '/**/p/**/',
	// lists within
	':is(h1, h2)', ':where(h1, h2) em', ':is(div, article) > p', ':is(.box .k, td)', 'p:is(.k, .intro)', ':is(:is(h1, h2), h3)', ':is(ul, ol) :is(.odd)', ':not(p)', 'p:not(.k)', 'p:not(.k, .intro)', 'p:not(div p)', 'li:not(:first-child)', 'div:not([id])', ':not(:not(p))', 'a:not([href])', 'li:not(ul ul li)', ':not(:is(p, li, td))', ':is(article:not(:first-of-type)) p',
	// :has
	'p:has(a)', 'p:has(> a)', 'p:has(img)', 'article:has(img)', 'article:has(> header)', 'article:not(:has(header))', 'div:has(li)', 'div:has(> ul > li)', 'div:has(ul li li)', 'h1:has(+ p)', 'p:has(~ p.k)', 'p:has(+ p)', 'li:has(ul, .x)', ':has(> .price)', 'div:has(.price):has(b)', 'body:has(h1 + p)', 'dt:has(+ dd + dd)', 'div:has(h1 ~ p .price)', 'ul:has(> li:nth-child(5))', ':has(> :is(h2, h3))', 'li:has(~ li.last)', 'p:has(> span + span)', 'article:has(h3) p',
	// place
	':root', ':root > body', 'p:first-child', 'li:first-child', 'li:last-child', ':only-child', 'b:only-child', 'img:empty', 'p:first-of-type', 'p:last-of-type', 'em:only-of-type', 'article:first-of-type', 'dd:last-of-type', 'li:nth-child(1)', 'li:nth-child(2n)', 'li:nth-child(2n+1)', 'li:nth-child(odd)', 'li:nth-child(EVEN)', 'li:nth-child(n)', 'li:nth-child(-n+2)', 'li:nth-child( 2n + 1 )', 'li:nth-child(n+3)', 'li:nth-child(+3)', 'li:nth-child(3n - 2)', 'li:nth-child(-2n+5)', 'li:nth-child(0n+2)', 'li:nth-last-child(1)', 'li:nth-last-child(-n+2)', 'li:nth-last-child(odd)', 'p:nth-of-type(2)', 'dd:nth-of-type(2n+1)', 'div:nth-of-type(2)', 'p:nth-last-of-type(2)', 'td:nth-last-of-type(n+2)', ':nth-child(2 of .odd)', 'li:nth-child(odd of .odd)', ':nth-last-child(1 of li.odd)', ':nth-last-child(-n+2 of p)', ':nth-child(even of p, h1)', 'p:nth-child(n+2):nth-last-child(n+2)', 'tr:nth-child(2) > td:nth-child(2)', 'li:nth-of-type(2):not(.odd, ul > li)', 'li:nth-child(+n)', 'li:nth-child(-n+2):first-child', 'li:nth-child(n- 1)',
	// states
	'input:checked', 'option[selected]:checked', 'option:disabled', 'optgroup:disabled', 'select:enabled', 'fieldset[disabled]:disabled', ':required', 'input:optional', 'a:link', 'a:any-link',
	// languages
	':lang(de)', ':lang("de-CH")', ':lang(fr)', 'a:lang(de)', ':lang("*-CH")', 'p:lang(fr, de)',
	// text
	':contains("Add to cart")', 'p:contains("Second")', 'p:contains(Salut)', 'section:contains("Grüezi")', 'p:contains("cheese\\"")', 'li:contains("3.")', 'b:contains("deepest")',
]

// Small pages with the answer written down: where css-select is wrong (theirIds: what it finds, checked too, so
// that a mended fault is seen) and where the list above would find nothing or needs a page of its own.
export const differences = [
	// Selectors 4, 5.1 and HTML, "case-sensitivity of selectors": only HTML elements' names ignore case
	{ html: '<svg><linearGradient id=a></svg>', selector: 'linearGradient', ids: 'a', theirIds: '' },
	{ html: '<svg><linearGradient id=a></svg>', selector: 'lineargradient', ids: '', theirIds: '' },
	{ html: '<svg viewBox="0 0 1 1" id=a></svg>', selector: '[viewBox]', ids: 'a', theirIds: '' },
	// Selectors 4, 6.4: [href] has no namespace, xlink:href has (the adapter drops it; so does this test)
	{ html: '<svg><use id=a xlink:href="#b"></svg>', selector: '[href]', ids: '', theirIds: '' },
	// CSS Syntax 3, 4.3.2: a comment between two blanks is no second combinator
	{ html: '<div><p id=a></div>', selector: 'div /* x */ p', ids: 'a', theirIds: 'refused' },
	// Selectors 4, 14.2 would let white space be empty; no browser does, nor does level 3, 6.6.5.7
	{ html: '<p id=a> </p><p id=b></p><p id=c><!-- x --></p>', selector: 'p:empty', ids: 'b c', theirIds: 'a b c' },
	// HTML, "the disabled attribute" of form controls: in a disabled fieldset, but for its first legend
	{ html: '<fieldset disabled id=f><legend><input id=a></legend><legend><input id=b></legend><input id=c><fieldset id=g><button id=d></fieldset></fieldset>',
		selector: ':disabled', ids: 'f b c g d', theirIds: 'f' },
	{ html: '<fieldset disabled id=f><legend><input id=a></legend><input id=c></fieldset><input id=e>', selector: ':enabled', ids: 'a e', theirIds: 'a c e' },
	// HTML, 4.16.3: input elements of these types cannot be required
	{ html: '<input type=hidden required id=a><input required id=b>', selector: ':required', ids: 'b', theirIds: 'a b' },
	// HTML, 4.16.3: a and area are links, link elements are not
	{ html: '<link href=x id=a><a href=x id=b>c</a>', selector: ':any-link', ids: 'b', theirIds: 'a b' },
	// Selectors 4, 6.2: empty texts are in nothing
	{ html: '<p class=x id=a>', selector: '[class^=""], [class$=""], [class*=""]', ids: '', theirIds: '' },
	{ html: '<p class="x" id=a>', selector: '[class~=""], [class~="x y"]', ids: '', theirIds: '' },
	// HTML, "case-sensitivity of selectors": in quirks mode classes and ids ignore case
	{ html: '<p class="Big" id=Aa>', selector: '.bIG#aA', ids: 'Aa', theirIds: 'Aa' },
	{ html: '<!doctype html><p class="Big" id=Aa>', selector: '.bIG, #aA', ids: '', theirIds: '' },
	// Selectors 4, 9.2: languages
	{ html: '<p lang=de-Latn-CH id=a><b id=b>x</b><i lang="" id=c></i><p lang=den id=d>', selector: ':lang("de-ch")', ids: 'a b', theirIds: 'a b' },
	{ html: '<p lang=fr-CH id=a><p lang=CH id=b>', selector: ':lang("*-ch", nl)', ids: 'a', theirIds: 'a' },
	// HTML, "pragma-set default language"
	{ html: '<meta http-equiv=content-language content=en><p id=a><p id=b lang=de>', selector: 'p:lang(en)', ids: 'a', theirIds: '' },
	// soupsieve's name of :contains; more than one text: any of them
	{ html: '<p id=a>one<p id=b>two<p id=c>three', selector: 'p:-soup-contains("one", "two")', ids: 'a b', theirIds: 'refused' },
	// a select without a selected option shows its first one; ours are the states of the HTML as sent
	{ html: '<select><option id=a>1<option id=b>2</select>', selector: 'option:checked', ids: '', theirIds: 'a' },
	// what stands in scripts is not the text of what is around them, but their own
	{ html: '<body id=a><script id=b>word</script><p id=c>text', selector: ':contains("word")', ids: 'b', theirIds: 'html a b' },
]

export const refused = [
	['', 'position 1: expected a selector, but the text ends here'],
	['  ', 'position 3: expected a selector, but the text ends here'],
	['div >', 'position 6: expected a selector, but the text ends here'],
	['div,', 'position 5: expected a selector, but the text ends here'],
	['> p', 'position 1: expected a selector, found ">"'],
	[',p', 'position 1: expected a selector, found ","'],
	['p,,p', 'position 3: expected a selector, found ","'],
	['p > > a', 'position 5: expected a selector, found ">"'],
	['p)', 'position 2: expected a selector, found ")"'],
	['div . x', 'position 6: expected a name after "."'],
	['日本.', 'position 4: expected a name after "."'],
	['#', 'position 2: expected a name after "#"'],
	['#-', 'position 2: expected a name after "#"'],
	['p[', 'position 3: expected the name of an attribute after "["'],
	['p[a', 'position 2: the bracket is not closed'],
	['p[a=b', 'position 2: the bracket is not closed'],
	['p[a=]', 'position 5: expected a name or a quoted text as the attribute\'s value'],
	['p[a=1]', 'position 5: expected a name or a quoted text as the attribute\'s value'],
	['p[a="b]', 'position 5: the quoted text is not closed'],
	['p[a!=b]', 'position 4: expected "]" or one of = ~= |= ^= $= *= in the attribute'],
	['p[a=b x]', 'position 7: expected "]"'],
	['p[ns|a]', 'position 5: namespaces (the | here) are not supported'],
	['p[*|a]', 'position 4: namespaces (the | here) are not supported'],
	['svg|a', 'position 4: namespaces (the | here) are not supported'],
	['*|a', 'position 2: namespaces (the | here) are not supported'],
	['|a', 'position 1: namespaces (the | here) are not supported'],
	['a || b', 'position 3: columns (||) are not supported'],
	['a||b', 'position 2: columns (||) are not supported'],
	['h1@href', 'position 3: "@" has no meaning in a selector; for an attribute write {"css": ..., "attr": ...}'],
	[':', 'position 2: expected a name after ":"'],
	['a:hover', 'position 2: ":hover" is not supported'],
	['a:foo(b)', 'position 2: ":foo" is not supported'],
	['a::before', 'position 2: "::before" is not supported'],
	['a::text b', 'position 9: nothing may follow a pseudo-element'],
	['a::text, b', 'position 11: all selectors of a list must end in the same pseudo-element'],
	['a::attr(x), b::attr(y)', 'position 14: all selectors of a list must end in the same pseudo-element'],
	['a::attr()', 'position 9: expected the name of an attribute'],
	[':is(a::text)', 'position 6: a pseudo-element cannot stand in parentheses'],
	[':is', 'position 4: expected "(" after ":is"'],
	[':is()', 'position 5: expected a selector, found ")"'],
	[':is(a', 'position 4: the parenthesis is not closed'],
	[':not(a', 'position 5: the parenthesis is not closed'],
	[':first-child(1)', 'position 13: ":first-child" takes no argument'],
	[':has(:has(a))', 'position 6: ":has" cannot stand within ":has"'],
	[':has(:is(:not(:has(a))))', 'position 15: ":has" cannot stand within ":has"'],
	[':nth-child()', 'position 12: expected a number, odd, even or a step such as 2n+1'],
	[':nth-child(+ 1)', 'position 12: expected a number, odd, even or a step such as 2n+1'],
	[':nth-child(2 n)', 'position 14: expected "of" or ")"'],
	[':nth-child(2n + - 1)', 'position 12: expected a number, odd, even or a step such as 2n+1'],
	[':nth-child(2n+)', 'position 12: expected a number, odd, even or a step such as 2n+1'],
	[':nth-child(1.5)', 'position 13: expected ")"'],
	[':nth-child(n5)', 'position 12: expected a number, odd, even or a step such as 2n+1'],
	[':nth-child(2n+1of a)', 'position 12: expected a number, odd, even or a step such as 2n+1'],
	[':nth-of-type(1 of a)', 'position 16: "of" goes with :nth-child and :nth-last-child only'],
	[':nth-child(1 of )', 'position 17: expected a selector, found ")"'],
	['a /* b', 'position 3: the comment is not closed'],
	['a\\', 'position 2: expected a selector, found "\\"'],
	[':contains()', 'position 11: expected a quoted text'],
	[':contains("a" "b")', 'position 15: expected ")"'],
	['p{}', 'position 2: expected a selector, found "{"'],
	['p;', 'position 2: expected a selector, found ";"'],
]
