#!/usr/bin/env node
// Learns the weights of the main-content search: src/page/content_gen.c.
//
//   script/gen/content.mjs DRIVER CORPUS [--check [SEEDS]]
//
// DRIVER is build/drivers/content_driver; CORPUS holds pages with known content (manifest.json, pages/,
// extraction/, readability-expected/). --check tells how pages are judged that nothing was learnt from: five
// times four fifths of the pages teach and the rest is judged, pages of one host together, once for each of
// SEEDS (3) ways to deal them out; nothing is written then. F1 is counted as the bench counts it: over runs
// of four words for news (aeb), over words for the other kinds (wcxb). Differences below 0.005 are chance.
//
// What is learnt: for each answer about a block (content_feature_table.h) a table of 16 weights, and one
// more for each group of page kinds. A block's score is the sum of the weights that its answers choose: an
// additive model, so each weight can be read and named (scraped convert --only-main --explain). Learning
// goes round all answers some times; each time the 16 weights of one answer take a small Newton step
// towards less logistic loss, held back by LAMBDA, so that rare answers stay near zero. All pages count
// alike, however long they are. The pages' kinds are learnt the same way, one kind against all others.
// There is no chance in it: same corpus, same file.
import fs from 'fs';
import os from 'os';
import path from 'path';
import zlib from 'zlib';
import { spawnSync } from 'child_process';

const [driver, corpus] = process.argv.slice(2);
const check = process.argv.includes('--check'), SEEDS = +process.argv[process.argv.indexOf('--check') + 1] || 3;
const KINDS = ['article', 'documentation', 'service', 'forum', 'collection', 'listing', 'product'];
const TABLE_OF = [0, 1, 2, 3, 4, 4, 5];               // collections and lists share one
const BINS = 16, TABLES = 6, STEP = 0.15, LAMBDA = 1, ROUNDS = 22, FOLDS = 6, PARTS = 5;

const gunzip = f => zlib.gunzipSync(fs.readFileSync(path.join(corpus, f)));
const tokens = s => s.match(/[\p{L}\p{N}_]+/gu) || [];
// A number below n, the same for the same text.
function deal(text, n) {
  let h = [...text].reduce((x, c) => Math.imul(x ^ c.charCodeAt(0), 16777619) >>> 0, 2166136261);
  for (const k of [0x85ebca6b, 0xc2b2ae35]) h = Math.imul(h ^ h >>> 15, k) >>> 0;
  return ((h ^ h >>> 16) >>> 0) % n;
}
const hostOf = p => p.url ? new URL(p.url).hostname.replace(/^www\./, '') : p.id;

// ---- pages: their kinds, true texts and blocks --------------------------------------------------------
function readTruth() {
  const truth = new Map(), manifest = JSON.parse(fs.readFileSync(path.join(corpus, 'manifest.json')));
  for (const set of ['aeb', 'wcxb'])
    for (const e of JSON.parse(gunzip(`extraction/${set}.json.gz`)))
      truth.set(e.id, { set, text: e.articleBody || e.main_content, kind: e.type || 'article', weight: 1 });
  for (const m of manifest) {
    const f = `readability-expected/${m.id}.html.gz`;
    if (fs.existsSync(path.join(corpus, f)))
      truth.set(m.id, { text: gunzip(f).toString().replace(/<[^>]*>/g, ' '), kind: 'article', weight: 0.5 });
    else if (m.id.startsWith('doc-'))
      truth.set(m.id, { text: '', kind: 'documentation', weight: 0 });
  }
  return manifest.filter(m => truth.has(m.id)).map(m => ({ ...m, ...truth.get(m.id) }));
}

function readPages() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'content-')), pages = readTruth();
  const files = pages.map(p => path.join(dir, p.id));
  pages.forEach((p, i) => fs.writeFileSync(files[i], gunzip(p.file)));
  const input = pages.map((p, i) => `${files[i]}\t${p.url || ''}\n`).join('');
  const run = spawnSync(driver, { input, maxBuffer: 1 << 30 });
  fs.rmSync(dir, { recursive: true });
  if (run.status !== 0) throw new Error(`${driver}: ${run.error || run.stderr}`);
  const digits = s => Uint8Array.from(s, c => parseInt(c, 16));
  let page, at = 0;
  for (const line of run.stdout.toString().split('\n')) {
    const part = line.split('\t');
    if (part[0] === '#') {
      page = Object.assign(pages[at++], { evidence: digits(part[2]), all: [], boxes: [{ up: 0, cost: 0 }], boxAt: new Map() });
    } else if (part.length > 4) {
      const tokensHere = tokens(part[4]);
      page.all.push({ out: part[0] === '1', size: +part[1], f: digits(part[2]), box: boxOf(page, part[3]), tokens: tokensHere, words: tokensHere.map(w => w.toLowerCase()) });
    }
  }
  for (const p of pages) {
    p.host = hostOf(p);
    p.label = KINDS.indexOf(p.kind);
    p.blocks = p.all.filter(b => !b.out && b.words.length);
    if (!tokens(p.text).length) p.weight = 0;
    labelBlocks(p);
  }
  return pages;
}

// Boxes from the inside out: numbers, "t" at tables of data, "~" for an element that starts no line: the box
// within it goes its own way for nothing.
function boxOf(page, steps) {
  let at = 0, free = false;
  for (const step of steps.split(',').filter(Boolean).reverse()) {
    if (step === '~') { free = true; continue; }
    if (!page.boxAt.has(step)) {
      page.boxAt.set(step, page.boxes.length);
      page.boxes.push({ up: at, cost: free ? 0 : 1, data: step.endsWith('t') });
    }
    at = page.boxAt.get(step);
    free = false;
  }
  return at;
}

// A block belongs to the content when most runs of four of its words stand in the true text; one too short
// for that when its words stand there between those of the blocks around it.
function labelBlocks(p) {
  const truth = tokens(p.text.toLowerCase()), runs = new Map(), at = new Map(), taken = new Map();
  truth.forEach((w, i) => {
    at.has(w) ? at.get(w).push(i) : at.set(w, [i]);
    const run = truth.slice(i, i + 4).join(' ');
    runs.has(run) ? runs.get(run).push(i) : runs.set(run, [i]);
  });
  for (const b of p.blocks) {
    const places = [];
    let hits = 0;
    if (b.words.length < 6) continue;
    for (let i = 0; i + 3 < b.words.length; i++) {
      const found = runs.get(b.words.slice(i, i + 4).join(' '));
      hits += found ? 1 : 0;
      if (found?.length === 1) places.push(found[0]);
    }
    b.y = hits / (b.words.length - 3);
    if (b.y < 0.35) b.y /= 2;
    b.place = b.y > 0.5 && places.length ? places[places.length >> 1] : undefined;
  }
  const anchored = p.blocks.some(b => b.place !== undefined);
  let last = -1, next = -1;
  for (const b of p.blocks) { b.last = last; last = b.place ?? last; }
  for (const b of p.blocks.slice().reverse()) { b.next = next; next = b.place ?? next; }
  for (const b of p.blocks) {
    if (b.words.length < 6) {
      const found = (at.get(b.words[0]) || []).filter(i => b.words.every((w, k) => truth[i + k] === w));
      const from = b.last >= 0 ? b.last - 10 : b.next >= 0 ? b.next - 120 : 0;
      const to = b.next >= 0 ? b.next + 60 : b.last >= 0 ? b.last + 250 : Infinity;
      const key = b.words.join(' '), used = taken.get(key) || 0;
      const near = !anchored || found.some(i => i >= from && i <= Math.max(to, from + 80));
      b.y = near && found.length > (b.words.length <= 2 ? used : 0) ? 1 : 0;
      if (b.y) taken.set(key, used + 1);
    }
  }
  const size = p.blocks.reduce((n, b) => n + b.words.length + 1, 0);
  for (const b of p.blocks) b.w = p.weight * (b.words.length + 1) / size;
}

// ---- learning ---------------------------------------------------------------------------------------
// rows: { f: answers, y: 0 to 1, w: weight, k: table }
function learn(rows, tables, { step = STEP, lambda = LAMBDA, rounds = ROUNDS } = {}) {
  const n = rows.length, F = rows[0].f.length;
  const sum = rows.reduce((s, r) => s + r.w, 0), hit = rows.reduce((s, r) => s + r.w * r.y, 0);
  const m = { F, bias: Math.log(hit / (sum - hit)), all: new Float64Array(F * BINS), own: new Float64Array(tables * F * BINS) };
  const score = new Float64Array(n).fill(m.bias), slope = new Float64Array(n), curve = new Float64Array(n);
  const column = Array.from({ length: F }, (_, f) => Uint8Array.from(rows, r => r.k * BINS + r.f[f]));
  const g = new Float64Array(tables * BINS), h = new Float64Array(tables * BINS), d = new Float64Array(tables * BINS);
  for (let t = 0; t < rounds * F; t++) {
    const f = t % F, x = column[f];
    if (f % 4 === 0) rows.forEach((r, i) => {
      const guess = 1 / (1 + Math.exp(-score[i]));
      slope[i] = r.w * (r.y - guess);
      curve[i] = r.w * guess * (1 - guess);
    });
    g.fill(0);
    h.fill(0);
    for (let i = 0; i < n; i++) { g[x[i]] += slope[i]; h[x[i]] += curve[i]; }
    for (let b = 0; b < BINS; b++) {
      let gs = 0, hs = 0;
      for (let k = 0; k < tables; k++) { gs += g[k * BINS + b]; hs += h[k * BINS + b]; }
      const v = step * (gs - lambda * 0.05 * m.all[f * BINS + b]) / (hs + lambda);
      m.all[f * BINS + b] += v;
      for (let k = 0; k < tables; k++) {
        const own = (k * F + f) * BINS + b;
        const u = tables > 1 ? step * (g[k * BINS + b] - lambda * 0.2 * m.own[own]) / (h[k * BINS + b] + 4 * lambda) : 0;
        m.own[own] += u;
        d[k * BINS + b] = v + u;
      }
    }
    for (let i = 0; i < n; i++) score[i] += d[x[i]];
  }
  return m;
}
function scoreOf(m, f, k = 0) {
  let s = m.bias;
  for (let i = 0; i < m.F; i++) s += m.all[i * BINS + f[i]] + m.own[(k * m.F + i) * BINS + f[i]];
  return s;
}

const learnKinds = pages => KINDS.map((_, k) => learn(pages.map(p => ({ f: p.evidence, y: +(p.label === k), w: p.set ? 1 : 0.3, k: 0 })), 1, { step: 0.2, lambda: 2, rounds: 12 }));
const kindOf = (models, p) => models.map(m => scoreOf(m, p.evidence)).reduce((best, s, k, all) => s > all[best] ? k : best, 0);

// Blocks are learnt with the kinds that the other folds would have guessed: with their mistakes.
function learnAll(pages) {
  for (let f = 0; f < FOLDS; f++) {
    const models = learnKinds(pages.filter(p => deal(p.host, FOLDS) !== f));
    for (const p of pages) if (deal(p.host, FOLDS) === f) p.guess = kindOf(models, p);
  }
  const rows = pages.filter(p => p.weight).flatMap(p => p.blocks.map(b => ({ ...b, k: TABLE_OF[p.guess] })));
  return { kinds: learnKinds(pages), blocks: learn(rows, TABLES) };
}

// ---- judging: content_judge.c once more -----------------------------------------------------------------
const AGAINST = 1, MOST = 4, CHANCE_LEAST = 0.1, CLEAR = 0.8, LIMIT_ARTICLE = 0.3;

function limitOf(p, score, kind) {
  const chance = p.all.map((b, i) => b.out ? 0 : 1 / (1 + Math.exp(-score[i])));
  const all = p.all.reduce((s, b, i) => s + chance[i] * b.size, 0);
  let f = 1;
  for (let round = 0; round < 8; round++) {
    let kept = 0, hit = 0;
    p.all.forEach((b, i) => { if (chance[i] > f / 2) { kept += b.size; hit += chance[i] * b.size; } });
    f = kept ? 2 * hit / (kept + all) : 0;
  }
  const least = Math.max(f / 2, CHANCE_LEAST);
  return kind === 0 && f > CLEAR ? LIMIT_ARTICLE : Math.log(least / (1 - least));
}

function judge(p, { kinds, blocks }) {
  const kind = kindOf(kinds, p), boxes = p.boxes, clamp = s => Math.max(-MOST, Math.min(MOST, s));
  const score = p.all.map(b => b.out ? -MOST : clamp(scoreOf(blocks, b.f, TABLE_OF[kind])));
  const limit = limitOf(p, score, kind), keep = new Float64Array(boxes.length), drop = new Float64Array(boxes.length);
  const worth = p.all.map((b, i) => Math.sqrt(b.size + 1) * (b.out ? -MOST : clamp(score[i] - limit)));
  p.all.forEach((b, i) => {
    keep[b.box] += Math.max(worth[i], -AGAINST);
    drop[b.box] += Math.max(0, worth[i] - AGAINST);
  });
  for (let k = boxes.length - 1; k > 0; k--) {
    const { up, cost } = boxes[k];
    keep[up] += Math.max(keep[k], drop[k] - cost * AGAINST);
    drop[up] += Math.max(drop[k], keep[k] - cost * AGAINST);
  }
  const chosen = boxes.map(() => keep[0] >= drop[0]);
  for (let k = 1; k < boxes.length; k++) {
    const cost = boxes[k].cost * AGAINST;
    chosen[k] = chosen[boxes[k].up] ? keep[k] >= drop[k] - cost : keep[k] - cost > drop[k];
  }
  const kept = p.all.map((b, i) => !b.out && (chosen[b.box] ? worth[i] >= -AGAINST : worth[i] > AGAINST));
  const tables = p.all.map(b => { let t = 0; for (let k = b.box; k; k = boxes[k].up) if (boxes[k].data) t = k; return t; });
  for (const t of new Set(tables)) {
    const most = p.all.reduce((s, b, i) => s + (tables[i] === t ? (kept[i] ? b.size : -b.size) : 0), 0) >= 0;
    if (t) tables.forEach((x, i) => { if (x === t) kept[i] = most; });
  }
  return { kind, kept };
}

// ---- out ----------------------------------------------------------------------------------------------
const runsOf = t => Array.from({ length: Math.max(1, t.length - 3) }, (_, i) => t.slice(i, i + 4).join(' '));
function compare(want, got) {
  const count = new Map();
  for (const w of want) count.set(w, (count.get(w) || 0) + 1);
  let hits = 0;
  for (const w of got) {
    const left = count.get(w) || 0;
    if (left) { hits++; count.set(w, left - 1); }
  }
  const P = got.length ? hits / got.length : 0, R = want.length ? hits / want.length : 0;
  return { P, R, F: P + R ? 2 * P * R / (P + R) : 0 };
}

function rate(p, models) {
  const { kind, kept } = judge(p, models), took = p.all.filter((b, i) => kept[i]);
  const marks = p.set === 'aeb' ? compare(runsOf(tokens(p.text)), runsOf(took.flatMap(b => b.tokens)))
    : compare(tokens(p.text.toLowerCase()), took.flatMap(b => b.words));
  return { ...marks, page: p, right: kind === p.label };
}

function tell(name, rows) {
  const mean = (list, key) => list.reduce((s, r) => s + r[key], 0) / list.length;
  const aeb = rows.filter(r => r.page.set === 'aeb'), wcxb = rows.filter(r => r.page.set === 'wcxb');
  const P = mean(aeb, 'P'), R = mean(aeb, 'R');
  const kinds = KINDS.map(k => `${k} ${mean(wcxb.filter(r => r.page.kind === k), 'F').toFixed(3)}`);
  console.log(`${name}: aeb ${(2 * P * R / (P + R)).toFixed(3)}, wcxb ${mean(wcxb, 'F').toFixed(3)} (${kinds.join(', ')}), kinds right ${(100 * mean(rows, 'right')).toFixed(1)} %`);
}

function crossCheck(pages, seed) {
  const rows = [];
  for (let part = 0; part < PARTS; part++) {
    const mine = p => deal(`${seed} ${p.host}`, PARTS) === part;
    const models = learnAll(pages.filter(p => !mine(p)));
    rows.push(...pages.filter(p => mine(p) && p.set && p.weight).map(p => rate(p, models)));
  }
  return rows;
}

const centi = x => Math.round(x * 100);
const row = (a, at) => `{ ${Array.from({ length: BINS }, (_, b) => centi(a[at + b])).join(', ')} },\n`;
const rowsOf = (a, from, n, tab) => Array.from({ length: n }, (_, f) => tab + row(a, (from + f) * BINS)).join('');
const print = ({ kinds, blocks }) => `/* SPDX-License-Identifier: Apache-2.0 */
/* Made by script/gen/content.mjs, which tells how. Do not edit. */
#include "page/content_feature.h"
#include "page/content_kind.h"

/* clang-format off */
const uint8_t content_table_of[KIND_COUNT] = { ${TABLE_OF.join(', ')} };
const int16_t content_bias = ${centi(blocks.bias)};
const int16_t content_weight[F_COUNT][CONTENT_BINS] = {
${rowsOf(blocks.all, 0, blocks.F, '\t')}};
const int16_t content_weight_kind[CONTENT_TABLES][F_COUNT][CONTENT_BINS] = {
${Array.from({ length: TABLES }, (_, k) => `\t{\n${rowsOf(blocks.own, k * blocks.F, blocks.F, '\t\t')}\t},\n`).join('')}};
const int16_t content_kind_bias[KIND_COUNT] = { ${kinds.map(m => centi(m.bias)).join(', ')} };
const int16_t content_kind_weight[KIND_COUNT][E_COUNT][EVIDENCE_BINS] = {
${kinds.map(m => `\t{\n${rowsOf(m.all, 0, m.F, '\t\t')}\t},\n`).join('')}};
/* clang-format on */
`;

const OUT = path.join(path.dirname(process.argv[1]), '../../src/page/content_gen.c');
const pages = readPages();
if (check) {
  const all = [];
  for (let seed = 0; seed < SEEDS; seed++) {
    const rows = crossCheck(pages, seed);
    tell(`dealt out ${seed}`, rows);
    all.push(...rows);
  }
  tell('all of them', all);
} else {
  const models = learnAll(pages);
  tell('pages learnt from', pages.filter(p => p.set && p.weight).map(p => rate(p, models)));
  fs.writeFileSync(process.env.CONTENT_GEN || OUT, print(models));
}
