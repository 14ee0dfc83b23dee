// Forms of a test service: saving one, sending to it, and reading what became of it.
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import type { TestService } from './service.ts'

export interface FormClient {
  formKey: string
  /** Random public address of the form. */
  publicKey: string
  /** Sends fields as JSON, as a visitor without a key. */
  submit(fields: Record<string, unknown>, more?: Partial<InjectOptions>): Promise<LightMyRequestResponse>
  /** Sends fields, runs the pipeline, and returns the submission as the owner reads it. */
  process(fields: Record<string, unknown>, more?: Partial<InjectOptions>): Promise<Submission>
  /** What a page gets to render the form. */
  render(headers?: Record<string, string>, query?: string): Promise<Rendered>
}

export interface Rendered {
  locale: string
  title: string
  availability: string
  timing_token: string
  proof_of_work_bits: number | null
  consents: { key: string; name: string; value: string; text: string; required: boolean }[]
  fields: { name: string; label: string; options: { value: string; label: string }[] }[]
  [name: string]: unknown
}

export interface Submission {
  id: string
  state: string
  outcome: string | null
  reasons: string[]
  lead_id: string | null
  received_at: string
  spam: { verdict: string; score: number; reasons: { code: string; weight: number }[] } | null
  files: { file_id: string; field_name: string; file_name: string; content_type: string; size_bytes: number }[]
  fields: Record<string, unknown>
  origin: Record<string, unknown>
  receipt_id: string | null
  released_by: string | null
  [name: string]: unknown
}

/** Fields that most forms of the tests have. */
export const PERSON_FIELDS = [
  { name: 'email', type: 'email', maps_to: 'email' },
  { name: 'full_name', type: 'text', maps_to: 'full_name' },
  { name: 'message', type: 'textarea', maps_to: 'custom_fields.message' },
]

/** Saves a form and returns what visitors and its owner do with it. */
export async function makeForm(
  service: TestService,
  key: string,
  definition: Record<string, unknown> = {},
): Promise<FormClient> {
  const saved = await service.call('PUT', `/v1/forms/${key}`, { title: 'A form', fields: PERSON_FIELDS, ...definition })
  if (saved.statusCode !== 201) throw new Error(`the form was not saved: ${saved.body}`)
  return formClient(service, key, saved.json().public_key)
}

/** The same for a form that exists. */
export function formClient(service: TestService, formKey: string, publicKey: string): FormClient {
  const url = `/v1/public/forms/${publicKey}`
  const submit: FormClient['submit'] = (fields, more = {}) =>
    service.app.inject({ method: 'POST', url: `${url}/submissions`, payload: fields, ...more })
  return {
    formKey,
    publicKey,
    submit,
    process: async (fields, more) => {
      const answer = await submit(fields, more)
      if (answer.statusCode !== 202) throw new Error(`not accepted: ${answer.body}`)
      await service.drain()
      return await readSubmission(service, answer.json().submission_id)
    },
    render: async (headers = {}, query = '') => {
      const answer = await service.app.inject({ method: 'GET', url: url + query, headers })
      if (answer.statusCode !== 200) throw new Error(`not rendered: ${answer.body}`)
      return answer.json()
    },
  }
}

/** A submission as its owner reads it. */
export async function readSubmission(service: TestService, id: string): Promise<Submission> {
  return (await service.call('GET', `/v1/form-submissions/${id}`)).json()
}

/** A multipart body of fields and files. */
export function multipart(
  fields: [name: string, value: string][],
  files: { field: string; name: string; type: string; content: Buffer }[],
): { payload: Buffer; headers: Record<string, string> } {
  const boundary = 'leadwell-test-boundary'
  const parts: Buffer[] = []
  const add = (head: string, content: Buffer) =>
    parts.push(Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), content, Buffer.from('\r\n'))
  for (const [name, value] of fields) add(`Content-Disposition: form-data; name="${name}"`, Buffer.from(value))
  for (const { field, name, type, content } of files)
    add(`Content-Disposition: form-data; name="${field}"; filename="${name}"\r\nContent-Type: ${type}`, content)
  parts.push(Buffer.from(`--${boundary}--\r\n`))
  return {
    payload: Buffer.concat(parts),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  }
}

/** Does the due work as soon as there is some, like a running worker; the returned function stops it. */
export function workInBackground(service: TestService): () => Promise<void> {
  const running = new Set<Promise<void>>()
  const drop = service.ctx.hints.take(() => {
    const round = service.drain().finally(() => running.delete(round))
    running.add(round)
  })
  return async () => {
    drop()
    await Promise.all(running)
  }
}
