/** Scripts for browsers: plain modules joined once at the start, without comments. No bundler, no dependency. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { compiledPath } from '../package-root.ts'
import { contentTag, isUnchanged } from './etag.ts'

/** The modules of a folder of the sources in one scope, each after those that it imports, and a call at the end. */
export function joinScript(folder: string, modules: string[], call: string): string {
  const text = modules
    .map((name) => readFileSync(compiledPath(`${folder}/${name}.js`), 'utf8'))
    .join('\n')
    .concat('\n')
    .replace(/^import [^;]*? from '.*';?\n/gm, '')
    .replace(/^export /gm, '')
    .replace(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/^\s+/gm, '')
  return `(()=>{\n'use strict'\n${text}${call}\n})()\n`
}

const HEADERS = {
  'content-type': 'text/javascript; charset=utf-8',
  // Browsers ask again after an hour and may use what they have meanwhile: an upgrade reaches every page in a day.
  'cache-control': 'public, max-age=3600, stale-while-revalidate=86400',
  // The script is the same for everybody; pages may check its integrity or isolate themselves.
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  vary: 'Accept-Encoding',
}

/** Answers with a script, or with 304 to a browser that has it. */
export function scriptSender(text: string): (request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  // The two forms that it is sent in; each is a representation with a tag of its own.
  const plain = { body: text, headers: { ...HEADERS, etag: contentTag(text) } }
  const small = {
    body: gzipSync(text, { level: 9 }),
    headers: { ...HEADERS, etag: contentTag(`gzip ${text}`), 'content-encoding': 'gzip' },
  }
  return (request, reply) => {
    const { body, headers } = /\bgzip\b/.test(String(request.headers['accept-encoding'])) ? small : plain
    reply.headers(headers)
    return isUnchanged(request, headers.etag) ? reply.code(304).send() : reply.send(body)
  }
}
