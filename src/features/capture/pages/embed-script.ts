/** GET /embed/{form_key}.js: the script that puts a form into a page of any origin. */
import { gzipSync } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { contentTag, isUnchanged } from '../../../http/etag.ts'
import { readEmbedScript } from './scripts.ts'

const TEXT = readEmbedScript()
const SMALL = gzipSync(TEXT, { level: 9 })

const HEADERS = {
  'content-type': 'text/javascript; charset=utf-8',
  // Browsers ask again after an hour and may use what they have meanwhile: an upgrade reaches every page in a day.
  'cache-control': 'public, max-age=3600, stale-while-revalidate=86400',
  // The script is the same for everybody; pages may check its integrity or isolate themselves.
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  vary: 'Accept-Encoding',
}

/** Sends the script, or 304 to a browser that has it. No form is looked up: the script reads its own address. */
export function sendEmbedScript(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const isSmall = /\bgzip\b/.test(String(request.headers['accept-encoding']))
  const etag = contentTag(isSmall ? `gzip ${TEXT}` : TEXT)
  reply.headers({ ...HEADERS, etag, ...(isSmall && { 'content-encoding': 'gzip' }) })
  return isUnchanged(request, etag) ? reply.code(304).send() : reply.send(isSmall ? SMALL : TEXT)
}
