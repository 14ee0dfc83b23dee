/** What was accepted is read back: as it was answered, and as it was sent or in its documented normal form. */
import { isDeepStrictEqual } from 'node:util'
import type { LightMyRequestResponse } from 'fastify'
import { valueAt, withJson } from './bad-input-positions.ts'
import type { Prober, Target } from './bad-input-probe.ts'
import type { ApiRequest } from './openapi-requests.ts'

/** Fields whose normal form has other letters than what was sent: it must at least be a normal form of itself. */
const CODED = new Set(['email', 'phone', 'website', 'country', 'language', 'time_zone', 'domain'])

/** Fields that enrichment fills where nobody has said anything. */
const ENRICHED = new Set(['seniority', 'department'])

/** Checks an accepted write; `pointer` is where `sent` stood in the body. */
export async function readBack(
  prober: Prober,
  target: Target,
  request: ApiRequest,
  answer: LightMyRequestResponse,
  pointer: string,
  sent: unknown,
): Promise<void> {
  const what = `${pointer} ${JSON.stringify(sent)}`
  const address = addressOf(target, answer)
  if (address === null) return
  const read = await prober.service.app.inject({
    url: address,
    headers: { authorization: `Bearer ${target.world.key}` },
  })
  if (read.statusCode !== 200) return prober.fault(target, what, `cannot be read back: ${read.statusCode} ${read.body}`)
  if (target.place.operation.operationId === 'submitForm') {
    return requireRaw(prober, target, what, read.json(), request)
  }
  const answered = answer.json()
  const stored = itemOf(read.json(), answered.id)
  if (stored === undefined) return
  const answeredOf = Object.fromEntries(Object.keys(stored).map((name) => [name, answered[name]]))
  if (!isDeepStrictEqual(stored, answeredOf)) {
    prober.fault(target, what, `is stored otherwise than answered: ${JSON.stringify([answered, stored])}`)
  }
  // What is already known may win over what comes from outside; only an edit or a new object has it as sent.
  if (target.place.method === 'post' && answer.statusCode !== 201) return
  const got = placesOf(stored, pointer)
  if (got.length === 0 || got.some((value) => isDeepStrictEqual(value, sent))) return
  const name = pointer.split('/').at(-1) ?? ''
  // A blank is nothing, and what is missing is read from the job title.
  if (ENRICHED.has(name) && isSameText(sent, null)) return
  // A blank name is the key, as the document says.
  const keys = placesOf(stored, `${pointer.slice(0, pointer.lastIndexOf('/'))}/key`)
  if (name === 'name' && isSameText(sent, null) && got.every((value) => keys.includes(value))) return
  if (CODED.has(name)) return await requireFixpoint(prober, target, request, pointer, sent, got[0])
  if (!got.some((value) => isSameText(sent, value) || hasMembers(value, sent))) {
    prober.fault(target, what, `was changed silently to ${JSON.stringify(got)}`)
  }
}

/** The object itself, or the one of a list that has the id; undefined when it stands on a later page. */
function itemOf(read: Record<string, unknown>, id: string): Record<string, unknown> | undefined {
  const list = read['data']
  return Array.isArray(list) ? list.find((item: Record<string, unknown>) => item['id'] === id) : read
}

/** The values at a pointer; an element of a list may have got another place. */
function placesOf(stored: unknown, pointer: string): unknown[] {
  const [before = '', ...after] = pointer.split('/0')
  if (after.length === 0) return [valueAt(stored, pointer)].filter((value) => value !== undefined)
  const list = valueAt(stored, before)
  return Array.isArray(list) ? list.flatMap((item) => placesOf(item, after.join('/0'))) : []
}

/** Where the object of a write can be read: a raw submission, a new object, or the same address. */
function addressOf({ place, request }: Target, answer: LightMyRequestResponse): string | null {
  if (place.operation.operationId === 'submitForm') return `/v1/form-submissions/${answer.json().submission_id}`
  if (answer.statusCode === 201 && answer.headers.location !== undefined) return String(answer.headers.location)
  if (place.method === 'put') return request.path
  const body = answer.body === '' ? null : answer.json()
  if (typeof body?.etag !== 'string' || typeof body.id !== 'string') return null
  const collection = /^\/v1\/[a-z-]+/.exec(place.path)?.[0]
  // What is done about an assignment is answered with how far the work is, which has an address of its own.
  return `${collection}/${body.id}${place.path.startsWith('/v1/assignments/') ? '/progress' : ''}`
}

/** A raw submission is kept exactly as it came, but for the names that tell about the page. */
function requireRaw(
  prober: Prober,
  target: Target,
  what: string,
  stored: { fields: object },
  request: ApiRequest,
): void {
  const sent = JSON.parse(String(request.body))
  const fields = Object.fromEntries(Object.entries(sent).filter(([name]) => !name.startsWith('_')))
  if (!isDeepStrictEqual(stored.fields, fields)) {
    prober.fault(target, what, `is not kept as sent: ${JSON.stringify(stored.fields)}`)
  }
}

async function requireFixpoint(
  prober: Prober,
  target: Target,
  request: ApiRequest,
  pointer: string,
  sent: unknown,
  got: unknown,
): Promise<void> {
  if (got === null) return requireNothingSent(prober, target, pointer, sent)
  const again = await prober.service.app.inject({
    method: request.method.toUpperCase() as 'PATCH',
    url: request.path,
    headers: request.headers,
    payload: String(withJson(request, pointer, JSON.stringify(got)).body),
  })
  const twice = again.statusCode < 300 ? valueAt(again.json(), pointer) : again.body
  if (!isDeepStrictEqual(twice, got)) {
    prober.fault(
      target,
      `${pointer} ${JSON.stringify(sent)}`,
      `its normal form ${JSON.stringify(got)} becomes ${JSON.stringify(twice)}`,
    )
  }
}

function requireNothingSent(prober: Prober, target: Target, pointer: string, sent: unknown): void {
  if (!isSameText(sent, null)) prober.fault(target, `${pointer} ${JSON.stringify(sent)}`, 'was silently dropped')
}

/** Maps merge key by key: what was sent must be in them. */
function hasMembers(got: unknown, sent: unknown): boolean {
  if (typeof got !== 'object' || got === null || typeof sent !== 'object' || sent === null) return false
  return Object.entries(sent).every(([name, value]) =>
    isDeepStrictEqual(Object.getOwnPropertyDescriptor(got, name)?.value, value),
  )
}

/** Equal but for what the normal forms of text may change: invisible characters, white space, case, order of names. */
function isSameText(sent: unknown, got: unknown): boolean {
  if (typeof sent !== 'string' || (typeof got !== 'string' && got !== null)) return false
  return visible(sent) === visible(got ?? '')
}

function visible(text: string): string {
  const letters = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{P}\p{S}]|,/gu, '')
  return [...letters].sort().join('')
}
