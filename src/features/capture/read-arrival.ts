/** From an HTTP request to an arrival: fields of four media types, files apart, and the context that came along. */
import '@fastify/multipart' // types of request.parts()
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { uuidv7 } from 'uuidv7'
import type { Config } from '../../config.ts'
import { ATTRIBUTION_NAMES, attributionOfUrl } from '../../domain/attribution.ts'
import { networkOf } from '../../domain/network.ts'
import type { SubmissionContext, SubmissionPayload } from '../../domain/submission.ts'
import { ApiError } from '../../errors.ts'
import { checkText } from '../../http/plugins/body-parsers.ts'
import type { SubmissionFile } from './submission-queries.ts'

export interface Received {
  payload: SubmissionPayload
  files: SubmissionFile[]
  context: SubmissionContext
  /** `_redirect` of the form: where the visitor wants to go on. */
  redirect: string | null
}

/** Names that tell about the page, not about the person. */
const RESERVED = ['_redirect', '_page_url', '_referrer', '_visitor_id', '_language'] as const

/** Reads fields, files and context of a submission. */
export async function readArrival(request: FastifyRequest, config: Config): Promise<Received> {
  const { values, files } = request.isMultipart()
    ? await readMultipart(request, config)
    : { values: bodyOf(request), files: [] }
  const payload: SubmissionPayload = {}
  const reserved: Record<string, string> = {}
  for (const [name, value] of Object.entries(values)) {
    if ((RESERVED as readonly string[]).includes(name))
      reserved[name] = typeof value === 'string' ? value.slice(0, 2000) : ''
    else payload[name] = value
  }
  return { payload, files, context: contextOf(request, payload, reserved), redirect: reserved['_redirect'] || null }
}

function bodyOf(request: FastifyRequest): Record<string, unknown> {
  const { body } = request
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
  throw new ApiError('validation_failed', 'The body must be an object of fields.', {
    items: [{ code: 'invalid_type', detail: 'Must be an object.', pointer: '', parameter: null }],
  })
}

/** A form has at most so many files and fields; more is no form. */
const MULTIPART_LIMITS = { files: 10, fields: 1000, fieldNameSize: 256, parts: 1010, headerPairs: 50 }

async function readMultipart(
  request: FastifyRequest,
  config: Config,
): Promise<{ values: Record<string, unknown>; files: SubmissionFile[] }> {
  const limits = { ...MULTIPART_LIMITS, fieldSize: config.SUBMISSION_LIMIT_BYTES, fileSize: config.UPLOAD_LIMIT_BYTES }
  const values = new Map<string, unknown>()
  const files: SubmissionFile[] = []
  for await (const part of request.parts({ limits })) {
    if (part.type === 'file') {
      const content = await part.toBuffer()
      // A file input that was left empty arrives as a part without name and bytes.
      if (part.filename !== '' || content.length > 0)
        files.push(fileOf(part.fieldname, part.filename, part.mimetype, content))
      continue
    }
    if (part.valueTruncated || part.fieldnameTruncated)
      throw new ApiError('payload_too_large', 'A field is larger than a form accepts.')
    const before = values.get(part.fieldname)
    values.set(part.fieldname, before === undefined ? part.value : [before, part.value].flat())
  }
  const fields = Object.fromEntries(values)
  checkText(fields)
  checkText(files.map((file) => [file.field_name, file.file_name, file.content_type]))
  return { values: fields, files }
}

function fileOf(fieldName: string, fileName: string, contentType: string, content: Buffer): SubmissionFile {
  return {
    id: uuidv7(),
    field_name: fieldName.slice(0, 100),
    file_name: fileName.replace(/^.*[\\/]/, '').slice(0, 300),
    content_type: contentType.slice(0, 200),
    content,
    sha256: createHash('sha256').update(content).digest(),
  }
}

function contextOf(
  request: FastifyRequest,
  payload: SubmissionPayload,
  reserved: Record<string, string>,
): SubmissionContext {
  const { headers } = request
  const page = reserved['_page_url'] || headers.referer
  const attribution = { ...attributionOfUrl(page), ...attributionOf(payload) }
  const language = reserved['_language'] || headers['accept-language']?.split(/[,;]/)[0]?.trim()
  return {
    ip_prefix: networkOf(request.ip),
    ...given('user_agent', headers['user-agent']?.slice(0, 500)),
    ...given('origin', headers.origin?.slice(0, 300)),
    ...given('referrer', reserved['_referrer']),
    ...given('page_url', page?.slice(0, 2000)),
    ...given(
      'language',
      language !== undefined && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language) ? language : undefined,
    ),
    ...given('visitor_id', reserved['_visitor_id']?.slice(0, 200)),
    ...(Object.keys(attribution).length > 0 && { attribution }),
  }
}

const given = (name: string, value: string | undefined) =>
  value === undefined || value === '' ? {} : { [name]: value }

function attributionOf(payload: SubmissionPayload): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of ATTRIBUTION_NAMES) {
    const value = payload[name]
    if (typeof value === 'string' && value !== '') found[name] = value.slice(0, 500)
  }
  return found
}
