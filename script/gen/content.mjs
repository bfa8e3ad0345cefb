#!/usr/bin/env node
// Learns the weights of the main-content search: src/page/content_gen.c.
//
//   script/gen/content.mjs DRIVER CORPUS [--check]
//
// DRIVER is build/drivers/content_driver; CORPUS holds pages with known content (manifest.json, pages/,
// extraction/, readability-expected/). --check learns from the even half of the pages and tells how the odd
// half is judged, and the other way round; nothing is written then.
//
// What is learnt: for each answer about a block (content_feature_table.h) a table of 16 weights, and one
// more for each group of page kinds. A block's score is the sum of the weights that its answers choose: an
// additive model, so each weight can be read and named (scraped convert --only-main --explain). Learning
// goes round all answers some times; each time the 16 weights of one answer take a small Newton step
// towards less logistic loss, held back by LAMBDA, so that rare answers stay near zero. The pages' kinds
// are learnt the same way, one kind against all others. There is no chance in it: same corpus, same file.
import fs from 'fs';
import os from 'os';
import path from 'path';
import zlib from 'zlib';
import { spawnSync } from 'child_process';

const [driver, corpus] = process.argv.slice(2);
const check = process.argv.includes('--check');
const KINDS = ['article', 'documentation', 'service', 'forum', 'collection', 'listing', 'product'];
const TABLE_OF = [0, 1, 2, 3, 4, 4, 5];               // collections and lists share one
const LIMIT = [0.3, -0.3, -0.9, -0.3, -0.9, -0.9, -0.6]; // cards: better too much than too little
const BINS = 16, TABLES = 6, STEP = 0.15, LAMBDA = 1, ROUNDS = 15, FOLDS = 6;

const gunzip = f => zlib.gunzipSync(fs.readFileSync(path.join(corpus, f)));
const tokens = s => s.match(/[\p{L}\p{N}_]+/gu) || [];
const fold = id => [...id].reduce((h, c) => Math.imul(h ^ c.charCodeAt(0), 16777619) >>> 0, 2166136261) >>> 5;

// ---- pages: their kinds, true texts and blocks --------------------------------------------------------
function readTruth() {
  const truth = new Map(), manifest = JSON.parse(fs.readFileSync(path.join(corpus, 'manifest.json')));
  for (const set of ['aeb', 'wcxb'])
    for (const e of JSON.parse(gunzip(`extraction/${set}.json.gz`)))
      truth.set(e.id, { text: e.articleBody || e.main_content, kind: e.type || 'article', weight: 1 });
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
      page = Object.assign(pages[at++], { evidence: digits(part[2]), blocks: [] });
    } else if (part.length > 4) {
      const words = tokens(part[4].toLowerCase());
      if (words.length && part[0] === '0') page.blocks.push({ f: digits(part[2]), words });
    }
  }
  for (const p of pages) {
    p.fold = fold(p.id);
    p.label = KINDS.indexOf(p.kind);
    labelBlocks(p);
  }
  return pages;
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
    // pages count alike, however long they are
    const size = p.blocks.reduce((n, x) => n + x.words.length, 0);
    b.w = p.weight * (b.words.length + 1) / (truth.length / 2 + Math.min(size, 6 * truth.length) / 2 + 20);
  }
}

// ---- learning ---------------------------------------------------------------------------------------
// rows: { f: answers, y: 0 to 1, w: weight, k: table }
function learn(rows, tables, { step = STEP, lambda = LAMBDA, rounds = ROUNDS } = {}) {
  const n = rows.length, F = rows[0].f.length;
  const sum = rows.reduce((s, r) => s + r.w, 0), hit = rows.reduce((s, r) => s + r.w * r.y, 0);
  const m = { F, bias: Math.log(hit / (sum - hit)), all: new Float64Array(F * BINS), own: new Float64Array(tables * F * BINS) };
  const score = new Float64Array(n).fill(m.bias), guess = new Float64Array(n);
  const column = Array.from({ length: F }, (_, f) => Uint8Array.from(rows, r => r.f[f]));
  for (let t = 0; t < rounds * F; t++) {
    const f = t % F, x = column[f], g = new Float64Array(tables * BINS), h = new Float64Array(tables * BINS), d = new Float64Array(tables * BINS);
    if (f % 4 === 0) for (let i = 0; i < n; i++) guess[i] = 1 / (1 + Math.exp(-score[i]));
    for (let i = 0; i < n; i++) {
      const r = rows[i], at = r.k * BINS + x[i];
      g[at] += r.w * (r.y - guess[i]);
      h[at] += r.w * guess[i] * (1 - guess[i]);
    }
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
    for (let i = 0; i < n; i++) score[i] += d[rows[i].k * BINS + x[i]];
  }
  return m;
}
function scoreOf(m, f, k = 0) {
  let s = m.bias;
  for (let i = 0; i < m.F; i++) s += m.all[i * BINS + f[i]] + m.own[(k * m.F + i) * BINS + f[i]];
  return s;
}

const learnKinds = pages => KINDS.map((_, k) => learn(pages.map(p => ({ f: p.evidence, y: +(p.label === k), w: p.weight === 1 ? 1 : 0.3, k: 0 })), 1, { step: 0.2, lambda: 2, rounds: 12 }));
const kindOf = (models, p) => models.map(m => scoreOf(m, p.evidence)).reduce((best, s, k, all) => s > all[best] ? k : best, 0);

// Blocks are learnt with the kinds that the other folds would have guessed: with their mistakes.
function learnAll(pages) {
  for (let f = 0; f < FOLDS; f++) {
    const models = learnKinds(pages.filter(p => p.fold % FOLDS !== f));
    for (const p of pages) if (p.fold % FOLDS === f) p.guess = kindOf(models, p);
  }
  const rows = pages.filter(p => p.weight).flatMap(p => p.blocks.map(b => ({ ...b, k: TABLE_OF[p.guess] })));
  return { kinds: learnKinds(pages), blocks: learn(rows, TABLES) };
}

// ---- out ----------------------------------------------------------------------------------------------
function tell(name, models, pages) {
  let right = 0, kept = 0, good = 0, both = 0, n = 0;
  for (const p of pages.filter(x => x.weight === 1)) {
    const k = kindOf(models.kinds, p);
    n++;
    right += k === p.label;
    for (const b of p.blocks) {
      const keep = scoreOf(models.blocks, b.f, TABLE_OF[k]) > LIMIT[k];
      kept += keep * b.w; good += b.y * b.w; both += keep * b.y * b.w;
    }
  }
  console.log(`${name}: kinds ${(100 * right / n).toFixed(1)} %, words kept that are content ${(100 * both / kept).toFixed(1)} %, content that is kept ${(100 * both / good).toFixed(1)} %`);
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
const int16_t content_limit[KIND_COUNT] = { ${LIMIT.map(centi).join(', ')} };
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
const pages = readPages(), half = h => pages.filter(p => p.fold % 2 === h);
if (check) {
  tell('learnt on even pages, judged on odd ones', learnAll(half(0)), half(1));
  tell('learnt on odd pages, judged on even ones', learnAll(half(1)), half(0));
} else {
  const models = learnAll(pages);
  tell('all pages', models, pages);
  fs.writeFileSync(process.env.CONTENT_GEN || OUT, print(models));
}
