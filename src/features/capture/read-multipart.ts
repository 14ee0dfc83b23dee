/** Fields and files of a multipart body. Only what arrives as a file part is a file; sizes and numbers are bounded. */
import { newId } from '../../domain/new-id.ts'
import '@fastify/multipart' // types of request.parts()
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import { cutText } from '../../domain/cut-text.ts'
import type { FormDefinition } from '../../domain/form.ts'
import { ApiError } from '../../errors.ts'
import { makePointer } from '../../http/body/json-pointer.ts'
import { checkText } from '../../http/plugins/body-parsers.ts'
import type { SubmissionFile } from './submission-queries.ts'

/** More parts than this are no form. */
const FIELD_LIMITS = { fields: 1000, fieldNameSize: 256, parts: 1020, headerPairs: 50 }
/** Most files of one submission, whatever the form says. */
const MOST_FILES = 20

export interface MultipartBody {
  values: Record<string, unknown>
  files: SubmissionFile[]
}

/** Reads the whole body; 413 as soon as a limit of the form or the installation is passed. */
export async function readMultipart(
  request: FastifyRequest,
  form: FormDefinition,
  config: Config,
): Promise<MultipartBody> {
  if (!/;\s*boundary=/i.test(request.headers['content-type'] ?? ''))
    throw new ApiError('unsupported_media_type', 'The multipart body has no boundary.')
  // The parser waits for the end of the request; one that broke off before it listens never ends.
  if (request.raw.destroyed) throw cutOff()
  try {
    return await readParts(request, form, config)
  } catch (error) {
    throw isKnown(error) ? error : cutOff()
  } finally {
    // What is left of a refused body is read and dropped, or the connection would hang with it.
    request.raw.unpipe()
    request.raw.resume()
  }
}

const cutOff = () => new ApiError('invalid_body', 'The multipart body is malformed or cut off.')

/** Ours, and those of the plugin, have codes; the parser below it throws bare errors at bad syntax. */
const isKnown = (error: unknown) =>
  error instanceof ApiError || (error instanceof Error && 'code' in error && String(error.code).startsWith('FST_'))

async function readParts(request: FastifyRequest, form: FormDefinition, config: Config): Promise<MultipartBody> {
  const values = new Map<string, unknown>()
  const files: SubmissionFile[] = []
  const room = { fields: config.SUBMISSION_LIMIT_BYTES, files: config.UPLOAD_TOTAL_LIMIT_BYTES }
  for await (const part of request.parts({ limits: limitsOf(form, config) })) {
    if (part.type === 'file') {
      const content = await part.toBuffer()
      takeRoom(room, 'files', content.length)
      // A file input that was left empty arrives as a part without name and bytes.
      if (part.filename || content.length > 0) files.push(fileOf(part, content))
      continue
    }
    if (part.valueTruncated || part.fieldnameTruncated) takeRoom(room, 'fields', Number.POSITIVE_INFINITY)
    // The plugin parses parts that call themselves JSON, past all of our checks; a field of a form is text.
    if (typeof part.value !== 'string') throw new ApiError('invalid_body', 'A field of a form must be text.')
    requireReadable(part.fieldname, part.value)
    takeRoom(room, 'fields', part.fieldname.length + part.value.length)
    const before = values.get(part.fieldname)
    values.set(part.fieldname, before === undefined ? part.value : [before, part.value].flat())
  }
  const fields = Object.fromEntries(values)
  checkText(fields)
  checkText(files.map((file) => [file.field_name, file.file_name, file.content_type]))
  return { values: fields, files }
}

/**
 * The parser puts U+FFFD for bytes that are no UTF-8, and cannot tell it from one that was sent. Hardly anybody sends one,
 * and a name that was spoilt silently helps nobody; the other media types refuse such bytes, too.
 */
function requireReadable(name: string, value: string): void {
  if (!name.includes('\ufffd') && !value.includes('\ufffd')) return
  const detail = 'The field is not valid UTF-8.'
  const item = { code: 'invalid_utf8', detail, pointer: makePointer([name]), parameter: null }
  throw new ApiError('invalid_body', detail, { items: [item] })
}

function limitsOf(form: FormDefinition, config: Config) {
  const fields = form.fields.filter((field) => field.type === 'file')
  // A form without file fields still reads one file, to say what is wrong instead of just "too many".
  const files = Math.max(
    1,
    fields.reduce((sum, field) => sum + field.max_files, 0),
  )
  const largest = fields.map((field) =>
    Math.min(field.max_bytes ?? config.UPLOAD_LIMIT_BYTES, config.UPLOAD_LIMIT_BYTES),
  )
  return {
    ...FIELD_LIMITS,
    fieldSize: config.SUBMISSION_LIMIT_BYTES,
    files: Math.min(files, MOST_FILES),
    fileSize: Math.max(1, ...largest),
  }
}

function takeRoom(room: { fields: number; files: number }, kind: 'fields' | 'files', size: number): void {
  room[kind] -= size
  if (room[kind] < 0)
    throw new ApiError('payload_too_large', `The ${kind} are larger together than a submission may be.`)
}

function fileOf(part: { fieldname: string; filename: string; mimetype: string }, content: Buffer): SubmissionFile {
  return {
    id: newId(),
    field_name: cutText(part.fieldname, 100),
    // Only the name: some browsers and all attackers send a path.
    file_name: cutText((part.filename || 'file').replace(/^.*[\\/]/, ''), 300),
    content_type: cutText(part.mimetype, 200),
    content,
    sha256: createHash('sha256').update(content).digest(),
  }
}
