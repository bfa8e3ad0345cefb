// SPDX-License-Identifier: Apache-2.0
// Client ID Metadata Documents as applications publish them: a real nginx with TLS on loopback.
//
//	const documents = await startDocuments()
//	const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: documents.host, SCRAPED_CA_FILE: documents.ca } })
//	const clientId = documents.serve('/oauth/client.json', { client_name: 'Test', redirect_uris: [...] })
import fs from 'node:fs'
import path from 'node:path'
import { assert, freePort, run, startNginx, tempDir } from './harness.mjs'

export async function startDocuments() {
	const place = tempDir(), root = path.join(place, 'www'), port = await freePort()
	fs.chmodSync(place, 0o755)
	fs.mkdirSync(root)
	const made = run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
		'-keyout', `${place}/key.pem`, '-out', `${place}/ca.pem`, '-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'])
	assert.equal(made.status, 0, made.err)
	const nginx = await startNginx({ root, conf: `listen 127.0.0.1:${port} ssl; ssl_certificate ${place}/ca.pem; ssl_certificate_key ${place}/key.pem;
		types {} default_type application/json; add_header Cache-Control "public, max-age=600";` })
	const url = `https://127.0.0.1:${port}`
	/** Publishes any JSON at this path; its address. */
	function publish(where, json) {
		const file = path.join(root, where)
		fs.mkdirSync(path.dirname(file), { recursive: true })
		fs.writeFileSync(file, JSON.stringify(json))
		return url + where
	}
	/** Publishes a client's document; its address, which is the client id. */
	const serve = (where, document) => publish(where, { client_id: url + where, ...document })
	return { url, host: `127.0.0.1:${port}`, ca: `${place}/ca.pem`, serve, publish, log: nginx.log }
}
