// SPDX-License-Identifier: Apache-2.0
// A disk whose power goes: what powercut.c has noted is turned into what a folder would hold afterwards. All that a sync
// has confirmed is there; of the rest any part, in sectors of 512 bytes; names that no sync has confirmed come or go.
//
//	const disk = new Disk(dir, random)
//	start(binary, args, { env: disk.env })		// runs on the folder, its changes are noted
//	child.kill('SIGKILL'); await child.ended
//	disk.cut()		// the folder is now what the power cut left; the next start begins there
import fs from 'node:fs'
import path from 'node:path'
import { run, tempDir, testsDir } from '../lib/harness.mjs'

const SECTOR = 512, HEAD = 24, MAGIC = 0x5043554a

/** Builds a preload library of this folder; its path. */
export function shim(name) {
	const file = path.join(tempDir(), `${name}.so`)
	const made = run('cc', ['-shared', '-fPIC', '-O1', '-o', file, path.join(testsDir, 'crash', `${name}.c`), '-ldl', '-lpthread'])
	if (made.status !== 0)
		throw new Error(`${name}.c: ${made.err}`)
	return file
}

/** Pseudo-random numbers of [0, 1) that a seed settles. */
export function generator(seed) {
	let a = seed >>> 0
	return () => {
		a = (a + 0x6d2b79f5) | 0
		let t = Math.imul(a ^ (a >>> 15), 1 | a)
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296
	}
}

/** The records of a journal, in order; a last one that is not whole was never begun. */
function* records(bytes) {
	for (let at = 0; at + HEAD <= bytes.length;) {
		const pathLen = bytes.readUInt32LE(at + 4), dataLen = bytes.readUInt32LE(at + 16)
		const from = at + HEAD, end = from + pathLen + dataLen
		if (bytes.readUInt32LE(at + 20) !== MAGIC)
			throw new Error(`the journal is damaged at ${at}`)
		if (end > bytes.length)
			return
		yield { what: String.fromCharCode(bytes[at]), path: bytes.toString('utf8', from, from + pathLen),
			at: Number(bytes.readBigUInt64LE(at + 8)), data: bytes.subarray(from + pathLen, end), place: at }
		at = end
	}
}

const grown = (content, size) => size <= content.length ? content : Buffer.concat([content, Buffer.alloc(size - content.length)])
function apply(content, op) {
	if (op.what === 't')
		return Buffer.from(grown(content, op.at).subarray(0, op.at))
	const out = grown(content, op.at + op.data.length)
	op.data.copy(out, op.at)
	return out
}

/** The sectors of a write that came through: a list of smaller writes. */
function torn(op, random) {
	const parts = []
	for (let from = 0; from < op.data.length;) {
		const to = Math.min(op.data.length, from + SECTOR - (op.at + from) % SECTOR)
		if (random() < 0.5)
			parts.push({ what: 'w', at: op.at + from, data: op.data.subarray(from, to) })
		from = to
	}
	return parts
}

export class Disk {
	constructor(dir, random, { preload = shim('powercut'), more = [] } = {}) {
		this.dir = dir
		this.random = random
		this.journal = path.join(tempDir(), 'journal')
		this.control = path.join(tempDir(), 'faults')
		fs.writeFileSync(this.control, Buffer.alloc(32))
		this.env = { LD_PRELOAD: [preload, ...more].join(':'), POWERCUT_DIR: dir, POWERCUT_JOURNAL: this.journal, POWERCUT_FAULTS: this.control }
		this.names = new Map()	// path -> file, as confirmed
		this.cuts = { lost: 0, torn: 0, kept: 0 }
	}

	/** What lies in the folder now is on the disk. */
	adopt() {
		this.names.clear()
		for (const name of fs.readdirSync(this.dir).filter(one => !one.endsWith('-shm')))
			this.names.set(path.join(this.dir, name), { content: fs.readFileSync(path.join(this.dir, name)), ops: [] })
	}

	/** Faults from now on: { write: errno, sync: errno, percent, clockMs }. */
	fail({ write = 0, sync = 0, percent = 100, clockMs = 0 } = {}) {
		const bytes = Buffer.alloc(24)
		bytes.writeInt32LE(write, 0)
		bytes.writeInt32LE(sync, 4)
		bytes.writeInt32LE(percent, 8)
		bytes.writeBigInt64LE(BigInt(clockMs), 16)
		const fd = fs.openSync(this.control, 'r+')
		fs.writeSync(fd, bytes, 0, 24, 0)
		fs.closeSync(fd)
	}
	/** How many calls have failed so far. */
	get hits() {
		return Number(fs.readFileSync(this.control).readBigInt64LE(24))
	}

	/** Without a journal no change is noted: for tests of faults alone. */
	withoutJournal() {
		delete this.env.POWERCUT_JOURNAL
		return this
	}

	/** Nothing that ran is alive any more: makes the folder what the disk holds. */
	cut() {
		const names = new Map(this.names)	// as the program saw them
		const open = []	// changes of names that no sync has confirmed
		const settle = keep => {
			for (let i = 0; i < open.length;)
				if (keep(open[i])) {
					open[i].run(this.names)
					open.splice(i, 1)
				} else {
					i++
				}
		}
		for (const r of records(fs.existsSync(this.journal) ? fs.readFileSync(this.journal) : Buffer.alloc(0))) {
			let file = names.get(r.path)
			if (!file && 'cwts'.includes(r.what) && r.path !== this.dir && !(r.what === 's' && this.isFolder(r.path))) {
				file = { content: Buffer.alloc(0), ops: [] }
				names.set(r.path, file)
				open.push({ folder: path.dirname(r.path), file, run: map => map.set(r.path, file) })
			}
			if (r.what === 'w' || r.what === 't') {
				file.ops.push(r)
			} else if (r.what === 's' && file) {
				const rest = []
				for (const op of file.ops)
					if (op.place < r.at)
						file.content = apply(file.content, op)
					else
						rest.push(op)
				file.ops = rest
				settle(change => change.file === file)
			} else if (r.what === 's') {
				settle(change => change.folder === r.path)
			} else if (r.what === 'u') {
				names.delete(r.path)
				open.push({ folder: path.dirname(r.path), run: map => map.delete(r.path) })
			} else if (r.what === 'r') {
				const to = r.data.toString()
				names.delete(r.path)
				names.set(to, file)
				open.push({ folder: path.dirname(to), run: map => { map.delete(r.path); map.set(to, file) } })
			}
		}
		this.fall(settle)
		this.write()
		fs.rmSync(this.journal, { force: true })
	}

	isFolder(file) {
		try {
			return fs.statSync(file).isDirectory()
		} catch {
			return false
		}
	}

	/** What was not confirmed: nothing of it, its beginning, or any of it. */
	fall(settle) {
		const how = Math.floor(this.random() * 3)
		settle(() => how !== 0 && this.random() < 0.5)
		for (const file of new Set(this.names.values())) {
			let going = true
			for (const op of file.ops) {
				const luck = this.random()
				going = how === 2 || (going && how === 1 && luck < 0.9)
				if (!going || (how === 2 && luck < 0.4)) {
					this.cuts.lost++
				} else if (op.what === 'w' && luck > (how === 2 ? 0.7 : 0.85)) {
					this.cuts.torn++
					for (const part of torn(op, this.random))
						file.content = apply(file.content, part)
				} else {
					this.cuts.kept++
					file.content = apply(file.content, op)
				}
			}
			file.ops = []
		}
	}

	write() {
		const visit = dir => {
			for (const entry of fs.existsSync(dir) ? fs.readdirSync(dir, { withFileTypes: true }) : []) {
				const name = path.join(dir, entry.name)
				if (entry.isDirectory())
					visit(name)
				else if (!this.names.has(name))
					fs.rmSync(name)
			}
		}
		visit(this.dir)
		for (const [name, file] of this.names) {
			fs.mkdirSync(path.dirname(name), { recursive: true, mode: 0o700 })
			fs.writeFileSync(name, file.content, { mode: 0o600 })
		}
	}
}
