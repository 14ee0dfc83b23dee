/** One input gate for every media type: what passes can be stored as sent, what does not is a clear 400. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ApiError } from '../../errors.ts'
import type { BodyResult } from '../body/body-fault.ts'
import { findTextFault } from '../body/check-text.ts'
import { parseForm } from '../body/parse-form.ts'
import { parseJson } from '../body/parse-json.ts'

/** Replaces Fastify's parsers. Multipart has its own plugin; its fields pass `checkText` where they are read. */
export function addBodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.decorateRequest('bodyBytes')
  const whole = { parseAs: 'buffer' as const }
  // text/plain holds JSON: navigator.sendBeacon can send nothing else to another origin without a preflight.
  const json = ['application/json', 'application/merge-patch+json', 'text/plain']
  app.addContentTypeParser(json, whole, async (request: FastifyRequest, bytes: Buffer) => requireBody(request, bytes))
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    whole,
    async (request: FastifyRequest, bytes: Buffer) => {
      rememberBytes(request, bytes)
      return acceptedValue(parseForm(bytes))
    },
  )
  app.addHook('preParsing', (request, _reply, _payload, done) => {
    requireNoEncoding(request)
    done()
  })
  app.addHook('preValidation', async (request) => {
    requireMediaType(request)
    // The parts of a multipart body are read by the route itself; until then it is an object of unknown members.
    if (request.isMultipart()) request.body ??= {}
    requireReadableQuery(request)
    checkText(request.query)
    checkText(request.params)
  })
}

/** The parsers know more types than most operations take: what is not in the document of one is not guessed at. */
function requireMediaType({ headers, routeOptions }: FastifyRequest): void {
  const { consumes } = routeOptions.config
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  if (consumes === undefined || type === undefined || consumes.includes(type)) return
  throw new ApiError('unsupported_media_type', `This operation takes ${consumes.join(' or ')}.`)
}

/** The platform would put U+FFFD for what is no UTF-8. Campaign links of public pages append what they like. */
function requireReadableQuery({ url, routeOptions }: FastifyRequest): void {
  const query = url.slice(url.indexOf('?') + 1)
  if (routeOptions.config.access?.auth !== 'secret' || !query.includes('%')) return
  try {
    decodeURIComponent(query)
  } catch {
    throw new ApiError('invalid_request', 'The query is not valid percent-encoded UTF-8.')
  }
}

/** A few bytes can unpack to gigabytes, and what is packed would be refused as bad JSON. */
function requireNoEncoding({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding']
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return
  throw new ApiError('unsupported_media_type', 'Send the body without Content-Encoding.', {
    headers: { 'accept-encoding': 'identity' },
  })
}

/** The bytes tell a repetition from another request under the same Idempotency-Key, and are what a sender has signed. */
function rememberBytes(request: FastifyRequest, bytes: Buffer): void {
  const isKept = request.headers['idempotency-key'] !== undefined || request.routeOptions.config.keepsBytes === true
  if (isKept) request.bodyBytes = bytes
}

function requireBody(request: FastifyRequest, bytes: Buffer): unknown {
  rememberBytes(request, bytes)
  // A POST without a body may still name a media type; routes without a body schema accept that.
  if (bytes.length === 0 && request.routeOptions.schema?.body === undefined) return undefined
  if (bytes.length === 0) throw new ApiError('invalid_json', 'The body is empty; JSON is expected.')
  return acceptedValue(parseJson(bytes, request.routeOptions.config.jsonLimits))
}

function acceptedValue(result: BodyResult<unknown>): unknown {
  if (result.ok) return result.value
  const { code, detail, pointer } = result.fault
  const problem = code === 'invalid_json' || code === 'invalid_utf8' ? 'invalid_json' : 'invalid_body'
  throw new ApiError(problem, detail, { items: [{ code, detail, pointer, parameter: null }] })
}

/** Refuses text that PostgreSQL could not store as sent, in values that did not come as a body. */
export function checkText(value: unknown): void {
  const fault = findTextFault(value)
  if (fault !== null) {
    const items = [
      { code: fault.code, detail: fault.detail, pointer: null, parameter: fault.pointer?.slice(1) ?? null },
    ]
    throw new ApiError('invalid_request', fault.detail, { items })
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it came, where the request has an Idempotency-Key. */
    bodyBytes?: Buffer
  }
}
