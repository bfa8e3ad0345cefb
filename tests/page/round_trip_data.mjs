// SPDX-License-Identifier: Apache-2.0
// What does not come back the same from HTML to Markdown and back through md4c 0.4.8, and why: lists of [example, reason].
export const commonmark = [
	[79, 'a heading without text says nothing and is left out'],
	[127, 'one line break at the start of code is left out, as it is behind <pre>'],
	[129, 'as 127'],
	[171, 'as 127'],
	[148, 'code of several lines in a table of one cell is a code block'],
	[193, 'a table without any cell is left out'],
	[219, 'a title that is the same as the text is left out']
]
export const gfm = []
export const turndown = [
	['escaping ~~~', 'there a pre without code in it is text, here it is code'],
	['empty line in start/end of code block', 'as CommonMark 127'],
	['list-like text with non-breaking spaces', 'what is expected has no line break, but a comment']
]
