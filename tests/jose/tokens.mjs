// SPDX-License-Identifier: Apache-2.0
// Tokens of every kind, made with npm jose, against verify_token: what is good passes, whatever is wrong is refused for the
// reason that stands in the table. And the other way round: jose takes what we sign.
import crypto from 'node:crypto'
import path from 'node:path'
import * as jose from 'jose'
import { assert, binary, finish, run, test } from '../lib/harness.mjs'

const driver = path.join(process.env.SCRAPED_DRIVERS ?? path.join(path.dirname(binary), 'drivers'), 'jose_driver')
const issuer = 'https://id.example', audience = 'https://rs.example/mcp'
const now = () => Math.floor(Date.now() / 1000)
const b64 = value => Buffer.from(typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value)).toString('base64url')

/** Two keys of each kind: `own` is in the set, `foreign` is not. */
const pair = async alg => {
	const { privateKey, publicKey } = await jose.generateKeyPair(alg, { extractable: true })
	const jwk = await jose.exportJWK(publicKey)
	return { alg, privateKey, publicKey, jwk: { ...jwk, kid: await jose.calculateJwkThumbprint(jwk), use: 'sig', alg } }
}
const own = {}, foreign = {}
for (const alg of ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'RS512']) {
	own[alg] = await pair(alg)
	foreign[alg] = await pair(alg)
}
const bare = await pair('RS256') // its key names no algorithm
delete bare.jwk.alg
const weak = crypto.generateKeyPairSync('rsa', { modulusLength: 1024 })
const weakJwk = { ...weak.publicKey.export({ format: 'jwk' }), kid: 'weak' }
const jwks = { keys: [...Object.values(own).map(k => k.jwk), bare.jwk, weakJwk, { kty: 'oct', k: 'AAAA', kid: 'oct' }] }

const payload = () => ({ iss: issuer, aud: audience, sub: 'user_1', client_id: 'c', scope: 'scrape', jti: 'j', iat: now(), exp: now() + 300 })
/** A token of key k; `head` and `body` change its parts, undefined takes a member away. */
const make = async (k, head = {}, body = {}) => {
	const header = JSON.parse(JSON.stringify({ alg: k.alg, typ: 'at+jwt', kid: k.jwk.kid, ...head }))
	const claims = JSON.stringify({ ...payload(), ...body })
	return await signRaw(k, header, claims)
}
/** Signs what jose itself would refuse to sign (crit, odd members): header and payload are taken as they are. */
const signRaw = async (k, header, claims) => {
	const input = `${b64(header)}.${b64(claims)}`
	const key = k.privateKey instanceof crypto.KeyObject ? k.privateKey : crypto.KeyObject.from(k.privateKey)
	const options = { ES256: { dsaEncoding: 'ieee-p1363' }, ES384: { dsaEncoding: 'ieee-p1363' },
		PS256: { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } }[k.alg] ?? {}
	const hash = k.alg === 'EdDSA' ? null : k.alg === 'ES384' ? 'sha384' : 'sha256'
	return `${input}.${crypto.sign(hash, Buffer.from(input), { key, ...options }).toString('base64url')}`
}
const byJose = (k, head = {}, body = {}) => new jose.SignJWT({ ...payload(), ...body })
	.setProtectedHeader({ alg: k.alg, typ: 'at+jwt', kid: k.jwk.kid, ...head }).sign(k.privateKey)
const hmac = async (secret, kid) => await new jose.SignJWT(payload()).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid }).sign(secret)
const es = own.ES256, rs = own.RS256
const part = (token, i, change) => token.split('.').map((p, n) => n === i ? change(p) : p).join('.')
const swap = p => (p[10] === 'A' ? p.slice(0, 10) + 'B' : p.slice(0, 10) + 'A') + p.slice(11)

const ALG = 'its alg is not allowed', TYP = 'its typ is not that of an accepted kind of token', SIG = 'its signature is wrong'
const SHAPE = 'it is not three parts of base64url', EXP = 'exp is not a whole number of seconds', EARLY = 'it is not valid yet'
const HEADER = 'its header is not a JSON object without repeated members', PAYLOAD = 'its payload is not a JSON object without repeated members'
const AUD = 'it is for another audience', ISS = 'it is of another issuer', CRIT = 'it has a crit or b64 header', TEXT = 'a claim that is text has another type'
const KID = 'no key has its kid', TIME = 'nbf, iat or auth_time is not a whole number of seconds'
const spki = k => jose.exportSPKI(k.publicKey)

/** name, token, what it must be, why. */
const table = [
	['RS256', byJose(rs), 'good'],
	['PS256', byJose(own.PS256), 'good'],
	['ES256', byJose(es), 'good'],
	['RS256 with a key that names no alg', byJose(bare), 'good'],
	['PS256 with a key that names no alg', make({ ...bare, alg: 'PS256' }), 'good'],
	['RS256 with a key for PS256', make({ ...own.PS256, alg: 'RS256' }), 'bad', SIG],
	['ES384', byJose(own.ES384), 'bad', ALG],
	['RS512', byJose(own.RS512), 'bad', ALG],
	['EdDSA', byJose(own.EdDSA), 'bad', ALG],
	['ES256 in the header, EdDSA in truth', make(own.EdDSA, { alg: 'ES256' }), 'unknown', KID],
	['HS256 with the public key (PEM) as secret', hmac(Buffer.from(await spki(rs)), rs.jwk.kid), 'bad', ALG],
	['HS256 with the public key (JWK) as secret', hmac(Buffer.from(JSON.stringify(rs.jwk)), rs.jwk.kid), 'bad', ALG],
	['HS256 with the modulus as secret', hmac(Buffer.from(rs.jwk.n, 'base64url'), rs.jwk.kid), 'bad', ALG],
	['HS256 with the key of the set', hmac(Buffer.from('AAAA', 'base64url'), 'oct'), 'bad', ALG],
	['RS256 in the header, HMAC in truth', hmac(Buffer.from(await spki(rs)), rs.jwk.kid).then(t => part(t, 0, () => b64({ alg: 'RS256', typ: 'at+jwt', kid: rs.jwk.kid }))), 'bad', SIG],
	['none with an empty signature', `${b64({ alg: 'none', typ: 'at+jwt' })}.${b64(payload())}.`, 'bad', SHAPE],
	['none with a signature', `${b64({ alg: 'none', typ: 'at+jwt' })}.${b64(payload())}.AAAA`, 'bad', ALG],
	['None', `${b64({ alg: 'None', typ: 'at+jwt' })}.${b64(payload())}.AAAA`, 'bad', ALG],
	['alg es256', make(es, { alg: 'es256' }), 'bad', ALG],
	['alg missing', make(es, { alg: undefined }), 'bad', ALG],
	['alg a list', make(es, { alg: ['ES256'] }), 'bad', ALG],
	['a key of 1024 bits', make({ alg: 'RS256', privateKey: weak.privateKey, jwk: weakJwk }), 'unknown', KID],
	['RS256 of a foreign key', byJose(foreign.RS256), 'unknown', KID],
	['ES256 of a foreign key', byJose(foreign.ES256), 'unknown', KID],
	['a foreign key under our kid', byJose(foreign.ES256, { kid: es.jwk.kid }), 'bad', SIG],
	['another kind of key under our kid', byJose(rs, { kid: es.jwk.kid }), 'bad', SIG],
	['no kid', byJose(es, { kid: undefined }), 'good'],
	['no kid, foreign key', byJose(foreign.ES256, { kid: undefined }), 'bad', SIG],
	['its own key in the header', byJose(foreign.ES256, { jwk: foreign.ES256.jwk, kid: undefined }), 'bad', SIG],
	['its own key by address', byJose(foreign.ES256, { jku: 'https://evil.example/jwks' }), 'unknown', KID],
	['kid as a path', byJose(es, { kid: '../../dev/null' }), 'unknown', KID],
	['kid of another type', make(es, { kid: 7 }), 'bad', 'its kid is not text'],
	['typ JWT', byJose(es, { typ: 'JWT' }), 'bad', TYP],
	['typ missing', byJose(es, { typ: undefined }), 'bad', TYP],
	['typ at+jwt as media type', byJose(es, { typ: 'application/at+jwt' }), 'good'],
	['typ AT+JWT', byJose(es, { typ: 'AT+JWT' }), 'good'],
	['typ dpop+jwt', byJose(es, { typ: 'dpop+jwt' }), 'bad', TYP],
	['an ID token', byJose(es, { typ: 'JWT' }, { aud: 'client_1', nonce: 'n', scope: undefined }), 'bad', TYP],
	['an ID token without typ', byJose(es, { typ: undefined }, { aud: 'client_1', nonce: 'n', scope: undefined }), 'bad', TYP],
	['an ID token named at+jwt', byJose(es, {}, { aud: 'client_1', nonce: 'n' }), 'bad', AUD],
	['JWE', pair('RSA-OAEP').then(k => new jose.EncryptJWT(payload()).setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A128GCM', typ: 'at+jwt' }).encrypt(k.publicKey)), 'bad', SHAPE],
	['crit', make(es, { crit: ['exp'] }), 'bad', CRIT],
	['b64 false', make(es, { b64: false, crit: ['b64'] }), 'bad', CRIT],
	['b64 true', make(es, { b64: true }), 'bad', CRIT],
	['wrong iss', byJose(es, {}, { iss: 'https://evil.example' }), 'bad', ISS],
	['iss with a slash more', byJose(es, {}, { iss: issuer + '/' }), 'bad', ISS],
	['iss missing', byJose(es, {}, { iss: undefined }), 'bad', ISS],
	['iss a list', make(es, {}, { iss: [issuer] }), 'bad', TEXT],
	['wrong aud', byJose(es, {}, { aud: 'https://other.example/mcp' }), 'bad', AUD],
	['aud missing', byJose(es, {}, { aud: undefined }), 'bad', AUD],
	['aud a list with ours', byJose(es, {}, { aud: ['x', audience] }), 'good'],
	['aud a list without ours', byJose(es, {}, { aud: ['x', 'y'] }), 'bad', AUD],
	['aud an empty list', byJose(es, {}, { aud: [] }), 'bad', AUD],
	['aud a list of mixed types', make(es, {}, { aud: [audience, 7] }), 'bad', AUD],
	['aud with ours as prefix', byJose(es, {}, { aud: audience + '.evil.example' }), 'bad', AUD],
	['expired', byJose(es, {}, { exp: now() - 10 }), 'bad', 'it has expired'],
	['exp now', byJose(es, {}, { exp: now() }), 'bad', 'it has expired'],
	['exp missing', byJose(es, {}, { exp: undefined }), 'bad', EXP],
	['exp a fraction', make(es, {}, { exp: now() + 300.5 }), 'bad', EXP],
	['exp text', make(es, {}, { exp: String(now() + 300) }), 'bad', EXP],
	['exp beyond all numbers', signRaw(es, { alg: 'ES256', typ: 'at+jwt', kid: es.jwk.kid }, JSON.stringify(payload()).replace(/"exp":\d+/, '"exp":99999999999999999999')), 'bad', PAYLOAD],
	['nbf in the future', byJose(es, {}, { nbf: now() + 100 }), 'bad', EARLY],
	['nbf a little in the future', byJose(es, {}, { nbf: now() + 20 }), 'good'],
	['nbf text', make(es, {}, { nbf: 'soon' }), 'bad', TIME],
	['iat in the future', byJose(es, {}, { iat: now() + 100 }), 'bad', EARLY],
	['iat a little in the future', byJose(es, {}, { iat: now() + 20 }), 'good'],
	['sub empty', byJose(es, {}, { sub: '' }), 'bad', 'it has no sub'],
	['sub missing', byJose(es, {}, { sub: undefined }), 'bad', 'it has no sub'],
	['sub a number', make(es, {}, { sub: 7 }), 'bad', TEXT],
	['no scope', byJose(es, {}, { scope: undefined }), 'bad', 'it has no scope'],
	['scope a list', byJose(es, {}, { scope: ['scrape'] }), 'bad', TEXT],
	['cnf.jkt as Bearer', byJose(es, {}, { cnf: { jkt: es.jwk.kid } }), 'bad', 'it is bound to a key and may not be used without a proof'],
	['cnf of a certificate', byJose(es, {}, { cnf: { 'x5t#S256': es.jwk.kid } }), 'bad', 'its cnf is not understood'],
	['member twice in the payload', signRaw(es, { alg: 'ES256', typ: 'at+jwt', kid: es.jwk.kid }, JSON.stringify(payload()).replace('{', '{"sub":"admin",')), 'bad', PAYLOAD],
	['member twice in a nested object', signRaw(es, { alg: 'ES256', typ: 'at+jwt', kid: es.jwk.kid }, JSON.stringify({ ...payload(), x: 1 }).replace('"x":1', '"x":{"a":1,"a":2}')), 'bad', PAYLOAD],
	['member twice in the header', signRaw(es, `{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"${es.jwk.kid}"}`, JSON.stringify(payload())), 'bad', HEADER],
	['payload a list', signRaw(es, { alg: 'ES256', typ: 'at+jwt', kid: es.jwk.kid }, '[]'), 'bad', PAYLOAD],
	['payload not JSON', signRaw(es, { alg: 'ES256', typ: 'at+jwt', kid: es.jwk.kid }, 'hello'), 'bad', PAYLOAD],
	['payload not UTF-8', signRaw(es, { alg: 'ES256', typ: 'at+jwt', kid: es.jwk.kid }, Buffer.from('{"a":"\xff"}', 'latin1')), 'bad', PAYLOAD],
	['tampered payload', byJose(es).then(t => part(t, 1, () => b64({ ...payload(), sub: 'admin' }))), 'bad', SIG],
	['tampered signature', byJose(es).then(t => part(t, 2, swap)), 'bad', SIG],
	['tampered signature, RS256', byJose(rs).then(t => part(t, 2, swap)), 'bad', SIG],
	['tampered signature, PS256', byJose(own.PS256).then(t => part(t, 2, swap)), 'bad', SIG],
	['signature of another token', byJose(es).then(async t => part(await byJose(es, {}, { sub: 'x' }), 2, () => t.split('.')[2])), 'bad', SIG],
	['signature as DER', make(es).then(t => part(t, 2, () => crypto.sign('sha256', Buffer.from(t.split('.').slice(0, 2).join('.')), crypto.KeyObject.from(es.privateKey)).toString('base64url'))), 'bad', SIG],
	['signature of zeros', byJose(es).then(t => part(t, 2, () => Buffer.alloc(64).toString('base64url'))), 'bad', SIG],
	['signature of zeros, RS256', byJose(rs).then(t => part(t, 2, () => Buffer.alloc(256).toString('base64url'))), 'bad', SIG],
	['signature longer than its numbers', byJose(es).then(t => part(t, 2, p => Buffer.concat([Buffer.from(p, 'base64url'), Buffer.alloc(1)]).toString('base64url'))), 'bad', SIG],
	['trailing dot', byJose(es).then(t => t + '.'), 'bad', SHAPE],
	['leading dot', byJose(es).then(t => '.' + t), 'bad', SHAPE],
	['padding', byJose(es).then(t => t + '=='), 'bad', SHAPE],
	['padding in the header', byJose(es).then(t => part(t, 0, p => p + '=')), 'bad', SHAPE],
	['standard base64', byJose(es).then(t => part(t, 2, () => '+/' + 'A'.repeat(84))), 'bad', SHAPE],
	['a blank', byJose(es).then(t => t + ' '), 'bad', SHAPE],
	['a line break', byJose(es).then(t => t + '\n'), 'bad', SHAPE],
	['NUL', byJose(es).then(t => t + '\0'), 'bad', SHAPE],
	['two parts', byJose(es).then(t => t.split('.').slice(0, 2).join('.')), 'bad', SHAPE],
	['JSON serialization', new jose.FlattenedSign(Buffer.from(JSON.stringify(payload()))).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' }).sign(es.privateKey).then(j => JSON.stringify(j)), 'bad', SHAPE],
	['A=.x.y', 'A=.x.y', 'bad', SHAPE],
	['empty', '', 'bad', SHAPE],
	['longer than 8 KiB', byJose(es, {}, { x: 'x'.repeat(8192) }), 'bad', 'it is longer than 8 KiB'],
	['nearly 8 KiB', byJose(es, {}, { x: 'x'.repeat(5500) }), 'good'],
]
const rules = { jwks, issuer, audiences: [audience], types: ['at+jwt'], algs: ['ES256', 'RS256', 'PS256'], scope: true }
const ask = lines => {
	const r = run(driver, [], { input: lines.map(l => JSON.stringify(l) + '\n').join('') })
	assert.equal(r.status, 0, r.err)
	return r.out.trimEnd().split('\n').map(l => l.split('\t'))
}
const answers = ask(await Promise.all(table.map(async row => ({ ...rules, token: await row[1] }))))
assert.equal(answers.length, table.length)
for (const [i, [name, , want, why]] of table.entries())
	await test(`token ${name}`, () => {
		assert.deepEqual(answers[i].slice(0, 2), [want, why ?? 'it is good'])
		assert.equal(answers[i][2], want === 'good' ? 'user_1' : '')
	})

await test('rules: an algorithm that is not configured is refused', async () => {
	const only = { ...rules, algs: ['ES256'] }
	const [a, b] = ask([{ ...only, token: await byJose(rs) }, { ...only, token: await byJose(es) }])
	assert.deepEqual([a[0], a[1], b[0]], ['bad', ALG, 'good'])
})

await test('rules: an ID token passes where ID tokens are asked for, an access token does not', async () => {
	const id = { ...rules, audiences: ['client_1'], types: ['JWT', ''], scope: false }
	const got = ask([
		{ ...id, token: await byJose(rs, { typ: undefined }, { aud: 'client_1', scope: undefined, nonce: 'n' }) },
		{ ...id, token: await byJose(rs, { typ: 'JWT' }, { aud: ['client_1', 'x'], scope: undefined }) },
		{ ...id, token: await byJose(rs, { typ: 'at+jwt' }, { aud: 'client_1' }) },
	])
	assert.deepEqual(got.map(g => g[0]), ['good', 'good', 'bad'])
})

// --- proofs ---

const client = await pair('ES256'), url = audience
const { x, y, crv, kty } = client.jwk
let serial = 0
const proof = (token, head = {}, body = {}, k = client) => new jose.SignJWT({
	htm: 'POST', htu: url, jti: `p${serial++}`, iat: now(), ...token && { ath: crypto.createHash('sha256').update(token).digest('base64url') }, ...body,
}).setProtectedHeader({ alg: k.alg, typ: 'dpop+jwt', jwk: { kty, crv, x, y }, ...head }).sign(k.privateKey)

await test('proofs of jose are taken alone and beside their token, once', async () => {
	const token = await byJose(rs, {}, { cnf: { jkt: client.jwk.kid } })
	const plain = await byJose(rs)
	const one = await proof(token), alone = await proof(null)
	const { n, e } = foreign.RS256.jwk
	const where = { method: 'POST', url }
	const got = ask([
		{ ...where, proof: alone }, { ...where, proof: alone },
		{ ...rules, ...where, token, proof: one }, { ...rules, ...where, token, proof: one },
		{ ...rules, ...where, token: plain, proof: await proof(plain) },
		{ ...rules, ...where, token, proof: await proof(plain) },
		{ ...rules, ...where, token, proof: await proof(token, {}, { ath: undefined }) },
		{ ...where, proof: await proof(null, { jwk: { kty: 'RSA', n, e } }, {}, foreign.RS256) },
		{ ...where, proof: await proof(null, { jwk: await jose.exportJWK(client.privateKey) }) },
		{ ...where, method: 'GET', proof: await proof(null) },
		{ ...where, proof: await proof(null, { typ: 'JWT' }) },
		{ ...where, proof: token },
	])
	assert.deepEqual(got[0], ['good', '', client.jwk.kid])
	assert.deepEqual(got.map(g => g[0]), ['good', 'bad', 'good', ...Array(9).fill('bad')])
	assert.deepEqual(got.slice(1).filter(g => g[0] === 'bad').map(g => g[1]), [
		'the proof was used before', 'the proof was used before', 'it is not bound to a key',
		'the proof\'s ath is not this token\'s', 'the proof\'s ath is not this token\'s', 'the proof\'s alg is not ES256',
		'the proof\'s jwk is not a public key of P-256', 'the proof is for another method',
		'the proof\'s typ is not dpop+jwt', 'the proof\'s typ is not dpop+jwt',
	])
})

// --- what we sign ---

await test('jose takes our tokens and our key', async () => {
	const k = await pair('ES256'), claims = { ...payload(), n: { list: [1, 'zwei', null] } }
	const { d, ...rest } = await jose.exportJWK(k.privateKey)
	const r = run(driver, ['sign'], { input: [JSON.stringify({ ...rest, d }), JSON.stringify(claims)].join('\n') + '\n' })
	assert.equal(r.status, 0, r.err)
	const got = await jose.jwtVerify(r.out.trim(), k.publicKey, { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'] })
	assert.deepEqual(got.payload, claims)
	assert.deepEqual(got.protectedHeader, { alg: 'ES256', typ: 'at+jwt', kid: k.jwk.kid })
})

await finish()
