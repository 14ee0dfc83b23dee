/** GET /embed/{form_key}.js: the script that puts a form into a page of any origin. */
import { gzipSync } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { contentTag, isUnchanged } from '../../../http/etag.ts'
import { EMBED_SCRIPT } from './scripts.ts'

const HEADERS = {
  'content-type': 'text/javascript; charset=utf-8',
  // Browsers ask again after an hour and may use what they have meanwhile: an upgrade reaches every page in a day.
  'cache-control': 'public, max-age=3600, stale-while-revalidate=86400',
  // The script is the same for everybody; pages may check its integrity or isolate themselves.
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  vary: 'Accept-Encoding',
}

/** The two forms that it is sent in; each is a representation with a tag of its own. */
const PLAIN = { body: EMBED_SCRIPT, headers: { ...HEADERS, etag: contentTag(EMBED_SCRIPT) } }
const SMALL = {
  body: gzipSync(EMBED_SCRIPT, { level: 9 }),
  headers: { ...HEADERS, etag: contentTag(`gzip ${EMBED_SCRIPT}`), 'content-encoding': 'gzip' },
}

/** Sends the script, or 304 to a browser that has it. No form is looked up: the script reads its own address. */
export function sendEmbedScript(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { body, headers } = /\bgzip\b/.test(String(request.headers['accept-encoding'])) ? SMALL : PLAIN
  reply.headers(headers)
  return isUnchanged(request, headers.etag) ? reply.code(304).send() : reply.send(body)
}
