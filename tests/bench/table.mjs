// SPDX-License-Identifier: Apache-2.0
// What both benches share: medians, and a table whose first column is a name.
export const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]

export function printTable(title, columns, rows) {
	const all = [columns, ...rows.map(row => row.map(cell => String(cell)))]
	const width = columns.map((_, i) => Math.max(...all.map(row => row[i].length)))
	const line = row => row.map((cell, i) => (i ? cell.padStart(width[i]) : cell.padEnd(width[i]))).join('  ')
	console.log(`\n${title}\n`)
	console.log(line(columns))
	console.log(width.map(n => '-'.repeat(n)).join('  '))
	for (const row of all.slice(1))
		console.log(line(row))
}
