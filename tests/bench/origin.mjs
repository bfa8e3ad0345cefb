// SPDX-License-Identifier: Apache-2.0
// A local nginx that hands out the packed pages at /0, /1, ...
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { dir, freePort, listening, start } from './process.mjs'

export async function startNginx(pages) {
	const port = await freePort()
	fs.mkdirSync(path.join(dir, 'www'))
	pages.forEach((html, i) => fs.writeFileSync(path.join(dir, 'www', `${i}.gz`), zlib.gzipSync(html, { level: 6 })))
	fs.writeFileSync(path.join(dir, 'nginx.conf'), `daemon off; worker_processes 1; pid ${dir}/nginx.pid; error_log ${dir}/nginx.log;
events { worker_connections 4096; }
http { access_log off; sendfile on; tcp_nodelay on; keepalive_requests 1000000; client_body_temp_path ${dir}/t1; proxy_temp_path ${dir}/t2;
fastcgi_temp_path ${dir}/t3; uwsgi_temp_path ${dir}/t4; scgi_temp_path ${dir}/t5; default_type text/html; gzip_static always;
server { listen 127.0.0.1:${port} backlog=4096; root ${dir}/www; } }`)
	start('nginx', ['-c', path.join(dir, 'nginx.conf'), '-e', path.join(dir, 'nginx.log')])
	await listening(port)
	return port
}
