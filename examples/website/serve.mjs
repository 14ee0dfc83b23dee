// Serves this folder as a website of its own, on another origin than the service, under a strict Content-Security-Policy.
//   LEADWELL_URL=http://127.0.0.1:3200 LEADWELL_KEY=pk_live_… PORT=8080 node examples/website/serve.mjs
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const WRITTEN_URL = 'http://127.0.0.1:3200'
const WRITTEN_KEY = 'pk_live_yours'
const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript' }

/**
 * Starts the website; `leadwell` is the address of the service, `key` a publishable key of it, without which nobody is
 * tracked. Resolves to the server once it listens.
 */
export function serveWebsite({ port, leadwell, key }) {
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${leadwell}`,
    `connect-src ${leadwell}`,
    "style-src 'self'",
    'img-src data:',
    `form-action ${leadwell} 'self'`,
    "base-uri 'none'",
  ].join('; ')
  const server = createServer(async (request, response) => {
    const name = new URL(request.url, 'http://site').pathname.slice(1) || 'index.html'
    const type = TYPES[/^[a-z-]+\.(html|css|js)$/.exec(name)?.[1]]
    const text = type && (await readFile(path.join(import.meta.dirname, name), 'utf8').catch(() => undefined))
    if (text === undefined) return response.writeHead(404).end('Not found')
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': policy })
    const page = key ? text.replaceAll(WRITTEN_KEY, key) : text.replace(/^.*\/track\.js.*\n/m, '')
    response.end(page.replaceAll(WRITTEN_URL, leadwell))
  })
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)))
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const leadwell = process.env.LEADWELL_URL || WRITTEN_URL
  const key = process.env.LEADWELL_KEY
  const server = await serveWebsite({ port: Number(process.env.PORT || 8080), leadwell, key })
  console.log(`The website is at http://127.0.0.1:${server.address().port}; it sends to ${leadwell}.`)
}
