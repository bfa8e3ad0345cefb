// SPDX-License-Identifier: Apache-2.0
// Makes the seeds of this folder: `node tests/fuzz/jose/seeds.mjs`. The keys are those of RFC 7515 appendix A.
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const ec = { kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' }
const ecPrivate = { ...ec, d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI' }
const key = crypto.createPrivateKey({ key: ecPrivate, format: 'jwk' })
const b64 = v => Buffer.from(typeof v === 'string' ? v : JSON.stringify(v)).toString('base64url')
const sign = (header, payload) => {
	const input = `${b64(header)}.${b64(payload)}`
	return `${input}.${crypto.sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}
const put = (kind, name, text) => {
	const dir = path.join(here, `seeds_${kind}`)
	fs.mkdirSync(dir, { recursive: true })
	fs.writeFileSync(path.join(dir, name), text)
}
const at = 1700000000 // the targets' clock
const claims = { iss: 'https://id.example', aud: 'https://rs.example/mcp', sub: 'user_1', scope: 'scrape', exp: 9999999999 }
const head = { alg: 'ES256', typ: 'at+jwt', kid: 'ec' }
put('token', 'good', sign(head, claims))
put('token', 'list_aud', sign({ ...head, typ: 'JWT' }, { ...claims, aud: ['x', claims.aud], iat: at, nbf: at, jti: 'j', gid: 'g' }))
put('token', 'no_kid', sign({ alg: 'ES256' }, claims))
put('token', 'bound', sign(head, { ...claims, cnf: { jkt: 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U' } }))
put('token', 'unknown_kid', sign({ ...head, kid: 'x' }, claims))
put('token', 'rs256', `${b64({ alg: 'RS256', kid: 'rsa' })}.${b64(claims)}.${Buffer.alloc(256, 1).toString('base64url')}`)
put('token', 'ps256', `${b64({ alg: 'PS256', kid: 'rsa' })}.${b64(claims)}.${Buffer.alloc(256, 1).toString('base64url')}`)
put('token', 'abort', 'A=.x.y')
put('token', 'small', 'e30.e30.AAAA')
const proof = (header, payload) => sign({ alg: 'ES256', typ: 'dpop+jwt', jwk: ec, ...header }, { htm: 'POST', htu: 'https://rs.example/mcp', iat: at, jti: '1', ...payload })
put('proof', 'good', proof({}, {}))
put('proof', 'query', proof({}, { htu: 'HTTPS://RS.example:443/mcp?a#b' }))
put('proof', 'ath', proof({}, { ath: 'AAAA' }))
put('proof', 'private', proof({ jwk: ecPrivate }, {}))
put('proof', 'ipv6', proof({}, { htu: 'http://[::1]:80/' }))
put('proof', 'no_htu', proof({}, { htu: undefined, jti: undefined }))
put('proof', 'abort', 'A=.x.y')
const n = fs.readFileSync(path.join(here, 'common.h'), 'utf8').split('#define FUZZ_RSA_N')[1].match(/"([\w-]+)"/g).join('').replaceAll('"', '')
put('jwks', 'both', JSON.stringify({ keys: [{ ...ec, kid: 'ec', use: 'sig', alg: 'ES256', key_ops: ['verify'] }, { kty: 'RSA', n, e: 'AQAB', kid: 'rsa' }] }))
put('jwks', 'endless', '{"keys":[{"kty":"RSA","n":"AA","e":"AA"}]}')
put('jwks', 'zeros', JSON.stringify({ keys: [{ kty: 'RSA', n: 'A'.repeat(342), e: 'AQAB' }] }))
put('jwks', 'off_curve', JSON.stringify({ keys: [{ ...ec, y: ec.x }] }))
put('jwks', 'others', JSON.stringify({ keys: [{ kty: 'oct', k: 'AAAA' }, { kty: 'OKP', crv: 'Ed25519', x: ec.x }, { ...ec, crv: 'P-384' }, 1, null] }))
