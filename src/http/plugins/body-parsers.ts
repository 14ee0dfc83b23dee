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
  const whole = { parseAs: 'buffer' as const }
  // text/plain holds JSON: navigator.sendBeacon can send nothing else to another origin without a preflight.
  const json = ['application/json', 'application/merge-patch+json', 'text/plain']
  app.addContentTypeParser(json, whole, async (request: FastifyRequest, bytes: Buffer) => requireBody(request, bytes))
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    whole,
    async (_request: FastifyRequest, bytes: Buffer) => acceptedValue(parseForm(bytes)),
  )
  app.addHook('preValidation', async (request) => {
    checkText(request.query)
    checkText(request.params)
  })
}

function requireBody(request: FastifyRequest, bytes: Buffer): unknown {
  // A POST without a body may still name a media type; routes without a body schema accept that.
  if (bytes.length === 0 && request.routeOptions.schema?.body === undefined) return undefined
  if (bytes.length === 0) throw new ApiError('invalid_json', 'The body is empty; JSON is expected.')
  return acceptedValue(parseJson(bytes))
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
