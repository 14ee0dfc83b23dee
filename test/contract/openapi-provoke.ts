/** Ways to every documented status: general ones by status, staged ones for what needs a particular situation. */
import { type ApiRequest, optionalQuery } from './openapi-requests.ts'
import { example, type Provoke, real, type Stage, withHeaders } from './openapi-stage.ts'
import { STAGES } from './openapi-stages.ts'

const sendExample: Provoke = async (stage) => stage.send(await real(stage))

const sendTwice: Provoke = async (stage) => {
  const request = await real(stage)
  await stage.send(request)
  await stage.send(request)
}

/** The current tag of what a PUT replaces is found by reading the same address. */
async function currentTag({ world }: Stage, { path }: ApiRequest): Promise<string> {
  return String((await world.call('GET', path)).headers['etag'] ?? '"v1"')
}

const replaceCurrent: Provoke = async (stage) => {
  const request = await real(stage)
  await stage.send(withHeaders(request, { 'if-match': await currentTag(stage, request) }))
}

const createThenReplace: Provoke = async (stage) => {
  await sendExample(stage)
  await replaceCurrent(stage)
}

/** Sends the example with each optional query parameter. */
export const tryParameters: Provoke = async (stage) => {
  const request = await real(stage)
  for (const { name, example: value } of optionalQuery(stage.place)) {
    await stage.send(await stage.world.realize({ ...request, query: { ...request.query, [name]: value } }))
  }
}

const readAgain: Provoke = async (stage) => {
  const request = await real(stage)
  const first = await stage.send(request)
  await stage.send(withHeaders(request, { 'if-none-match': String(first.headers['etag']) }))
}

const unknownParameter: Provoke = async (stage) => {
  const request = await real(stage)
  await stage.send({ ...request, query: { ...request.query, no_such_parameter: '1' } })
}
const malformedBody: Provoke = async (stage) => stage.send({ ...(await real(stage)), body: '{' })
const malformedPath: Provoke = async (stage) => {
  const { path } = await real(stage)
  const last = stage.place.path.split('/').findLastIndex((word) => word.startsWith('{'))
  const words = path.split('/').map((word, i) => (i === last ? '!' : word))
  await stage.send({ ...example(stage), path: words.join('/') })
}

const wrongKey: Provoke = async (stage) =>
  stage.send(withHeaders(await real(stage), { authorization: 'Bearer sk_live_wrong' }))

const keyWithoutRight: Provoke = async (stage) => {
  const { service, workspaceId } = stage.world
  const authorization = `Bearer ${await service.makeKey('publishable', { workspaceId })}`
  await stage.send(withHeaders(await real(stage), { authorization }))
}

const unknownId: Provoke = async (stage) => stage.send(example(stage))

/** Each part of the path in turn is one that could be there. */
const unknownPart: Provoke = async (stage) => {
  const request = await real(stage)
  const names = stage.place.path.split('/')
  for (const { name, schema } of (stage.place.operation.parameters ?? []).filter((one) => one.in === 'path')) {
    const part = schema.type === 'integer' ? '2147483647' : 'no_such_thing'
    const words = request.path.split('/').map((word, i) => (names[i] === `{${name}}` ? part : word))
    await stage.send({ ...request, path: words.join('/') })
  }
}

const wantsXml: Provoke = async (stage) => stage.send(withHeaders(await real(stage), { accept: 'application/xml' }))

/** The first of several at once is still running when the others come. */
const keyInUse: Provoke = async (stage) => {
  const request = await real(stage)
  for (let i = 0; i < 20; i++) {
    const keyed = withHeaders(request, { 'idempotency-key': `busy-${i}` })
    const answers = await Promise.all([1, 2, 3, 4].map(() => stage.send(keyed)))
    if (answers.some(({ statusCode }) => statusCode === 409)) return
  }
}

const keyReused: Provoke = async (stage) => {
  const keyed = withHeaders(await real(stage), { 'idempotency-key': 'used-twice' })
  await stage.send(keyed)
  const other = withHeaders(keyed, { 'content-type': 'application/json' })
  await stage.send({ ...other, body: keyed.body === null ? '{}' : `${keyed.body} ` })
}

const staleTag: Provoke = async (stage) => stage.send(withHeaders(await real(stage), { 'if-match': '"v999999"' }))

/** Larger than any operation takes; its length is announced, so nothing of it is read. */
const HUGE = Buffer.alloc(110_000_000, ' ')
const hugeBody: Provoke = async (stage) => stage.send({ ...(await real(stage)), body: HUGE })

const wrongMediaType: Provoke = async (stage) =>
  stage.send(withHeaders(await real(stage), { 'content-type': 'application/xml' }))

const putWithoutTag: Provoke = sendTwice

const GENERAL: Record<number, Provoke[]> = {
  200: [sendExample, sendTwice, replaceCurrent, createThenReplace],
  201: [sendExample],
  202: [sendExample],
  204: [sendExample, replaceCurrent],
  207: [sendExample],
  304: [readAgain],
  400: [unknownParameter, malformedBody, malformedPath],
  401: [wrongKey],
  403: [keyWithoutRight],
  404: [unknownId, unknownPart],
  406: [wantsXml],
  409: [keyInUse],
  412: [staleTag],
  413: [hugeBody],
  415: [wrongMediaType],
  422: [keyReused],
  428: [putWithoutTag],
}

/** The ways that may lead to a status, the staged one first. */
export function waysTo(operationId: string, status: number): Provoke[] {
  const staged = STAGES[`${operationId} ${status}`]
  return [...(staged === undefined ? [] : [staged]), ...(GENERAL[status] ?? [])]
}

/** True when a status needs a situation of its own. */
export const isStaged = (operationId: string, status: number) => STAGES[`${operationId} ${status}`] !== undefined

/** Staged ways that no operation needs any more. */
export function unusedStages(statuses: Set<string>): string[] {
  return Object.keys(STAGES).filter((name) => !statuses.has(name))
}
