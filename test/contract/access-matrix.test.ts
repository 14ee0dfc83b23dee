// Who may do what, generated from the routes: every operation against every kind of wrong key, and every place of an id
// against an id of another tenant. A route that is added later is covered without a line here.
import { randomBytes } from 'node:crypto'
import type { LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import { rooms } from '../../src/app.ts'
import { formatKey } from '../../src/domain/api-key.ts'
import { createKey } from '../../src/features/admin/key-service.ts'
import { SCOPES } from '../../src/http/access.ts'
import type { Document } from '../../src/http/openapi-types.ts'
import type { Route } from '../../src/http/route.ts'
import { testService } from '../helpers/service.ts'
import {
  canaryOf,
  fillTwin,
  fingerprint,
  idPositions,
  realRequest,
  tellStory,
  unknownLike,
  withoutNames,
} from './access-matrix-worlds.ts'
import { type ApiRequest, optionalQuery, urlOf } from './openapi-requests.ts'
import { type OperationPlace, operationsOf } from './openapi-walk.ts'
import { createWorld, type World } from './openapi-world.ts'
import { fillPool } from './working-world.ts'

const service = await testService(t)
const document = structuredClone(service.app.swagger()) as unknown as Document // the plugin's type is narrower
const places = new Map(operationsOf(document).map((place) => [place.operation.operationId, place]))
const [ours, theirs] = [await createWorld(service), await createWorld(service)]
await Promise.all([fillTwin(ours), fillTwin(theirs)])
const canary = canaryOf(theirs)

const routes = rooms.flatMap((room) => room.routes)
const secret = routes.filter(({ access }) => access.auth === 'secret')

function placeOf({ operationId }: Route): OperationPlace {
  const place = places.get(operationId)
  if (place === undefined) throw new Error(`${operationId} is not in the document`)
  return place
}

async function send(request: ApiRequest, authorization: string | null): Promise<LightMyRequestResponse> {
  return await service.app.inject({
    method: request.method.toUpperCase() as 'GET',
    url: urlOf(request),
    headers: { ...request.headers, ...(authorization !== null && { authorization }) },
    ...(request.body !== null && { payload: request.body }),
  })
}

const asUs = (request: ApiRequest) => send(request, `Bearer ${ours.key}`)
const asThem = (request: ApiRequest) => send(request, `Bearer ${theirs.key}`)

const codeOf = (answer: LightMyRequestResponse) => `${answer.statusCode} ${answer.json<{ code: string }>().code}`

const makeKey = async (kind: 'secret' | 'restricted' | 'publishable', scopes: string[], expiresAt: string | null) =>
  await createKey(
    service.ctx.db,
    ours.workspaceId,
    { name: 'wrong', kind, scopes, origin: null, expiresAt },
    new Date(),
  )

const revoked = await makeKey('secret', [], null)
await ours.call('DELETE', `/v1/api-keys/${await idOfKey(revoked.secret)}`)
const expired = await makeKey('secret', [], '2020-01-01T00:00:00.000Z')
const publishable = await makeKey('publishable', [], null)
const lacking = new Map(
  await Promise.all(
    SCOPES.map(async (scope) => {
      const others = SCOPES.filter((other) => other !== scope)
      return [scope, (await makeKey('restricted', others, null)).secret] as const
    }),
  ),
)

async function idOfKey(secretOfKey: string): Promise<string> {
  const me = await service.app.inject({ url: '/v1/me', headers: { authorization: `Bearer ${secretOfKey}` } })
  return me.json<{ key: { id: string } }>().key.id
}

t.test('the document and the routes are the same operations', async (t) => {
  t.strictSame([...places.keys()].sort(), routes.map(({ operationId }) => operationId).sort())
})

t.test('every write that could be repeated takes an Idempotency-Key', async (t) => {
  const without = secret.filter(({ method, access }) => method === 'POST' && !access.idempotent)
  // A POST that only asks (a search, a dry run) can be sent again anyway.
  const writing = without.filter(({ access }) => !access.scope?.endsWith(':read'))
  t.strictSame(
    writing.map(({ operationId }) => operationId),
    [],
  )
})

// --- Wrong keys ---

const UNKNOWN_CALLERS: Record<string, string | null> = {
  'no key': null,
  garbage: 'Bearer garbage',
  'another scheme': `Basic ${Buffer.from(`${ours.key}:`).toString('base64')}`,
  'a key without its scheme': ours.key,
  'a well-formed key that nobody has': `Bearer ${formatKey('secret', randomBytes(24))}`,
  'a revoked key': `Bearer ${revoked.secret}`,
  'an expired key': `Bearer ${expired.secret}`,
}

for (const route of secret) {
  t.test(`${route.operationId} refuses who has no right`, async (t) => {
    const request = await realRequest(ours, placeOf(route), document)
    const before = await fingerprint(ours)
    for (const [name, authorization] of Object.entries(UNKNOWN_CALLERS)) {
      const answer = await send(request, authorization)
      t.equal(codeOf(answer), '401 unauthorized', name)
      t.match(answer.headers['www-authenticate'], /^Bearer/, name)
    }
    t.equal(codeOf(await send(request, `Bearer ${publishable.secret}`)), '403 forbidden', 'a publishable key')
    if (route.access.scope !== null) {
      const answer = await send(request, `Bearer ${lacking.get(route.access.scope)}`)
      t.equal(codeOf(answer), '403 forbidden', `a key with every scope but ${route.access.scope}`)
      t.match(answer.json(), { detail: new RegExp(route.access.scope) }, 'which says what is lacking')
    }
    t.strictSame(await fingerprint(ours), before, 'and nothing has changed')
  })
}

for (const route of routes.filter(({ access }) => access.auth === 'public')) {
  t.test(`${route.operationId} takes no wrong key for none`, async (t) => {
    const request = await realRequest(ours, placeOf(route), document)
    for (const [name, authorization] of Object.entries(UNKNOWN_CALLERS)) {
      // A page behind a password of its own sends that along: no key at all, and no reason to lose a submission.
      if (authorization === null || authorization.startsWith('Basic ')) continue
      t.equal(codeOf(await send(request, authorization)), '401 unauthorized', name)
    }
  })
}

// --- Ids of another tenant ---

/** Requests of an operation that name ids: the example, and the example with each optional parameter that is an id. */
async function requestsWithIds(world: World, place: OperationPlace): Promise<ApiRequest[]> {
  const request = await realRequest(world, place, document)
  const named = optionalQuery(place).filter(
    ({ example }) => idPositions({ ...request, path: String(example) }).length > 0,
  )
  const more = named.map(({ name, example }) =>
    world.realize({ ...request, query: { ...request.query, [name]: example } }),
  )
  return [request, ...(await Promise.all(more))]
}

function checkSilence(t: Test, answer: LightMyRequestResponse, name: string): void {
  t.ok(answer.statusCode < 500, `${name}: ${answer.statusCode}`)
  t.notMatch(answer.body, canary, `${name}: nothing of theirs is shown`)
}

for (const route of secret) {
  t.test(`${route.operationId} knows nothing of another tenant`, async (t) => {
    const place = placeOf(route)
    const [mine, foreign] = [await requestsWithIds(ours, place), await requestsWithIds(theirs, place)]
    const before = await fingerprint(theirs)
    for (const [i, request] of mine.entries()) {
      const theirIds = idPositions(foreign[i] ?? request).map(({ id }) => id)
      for (const [n, position] of idPositions(request).entries()) {
        const name = `their ${position.id.split('_')[0]} in position ${n}`
        const answer = await asUs(position.replace(theirIds[n] ?? ''))
        const unknown = await asUs(position.replace(unknownLike(position.id)))
        checkSilence(t, answer, name)
        t.equal(answer.statusCode, unknown.statusCode, `${name} is answered as one that nobody has`)
        if (answer.statusCode >= 400) t.equal(withoutNames(answer.body), withoutNames(unknown.body), name)
      }
      // Without an id it is our own request again, and would take away what others need.
      if (theirIds.length > 0 || route.method !== 'DELETE') {
        checkSilence(t, await asUs(foreign[i] ?? request), 'their whole request')
      }
    }
    if (place.path.includes('{') && /_[0-7][0-9a-z]{25}/.test(mine[0]?.path ?? '')) {
      const tagged = { ...(foreign[0] as ApiRequest) }
      tagged.headers = { ...tagged.headers, 'if-match': '"v1"', 'if-none-match': '"v1"' }
      t.equal(codeOf(await asUs(tagged)), '404 not_found', 'their tag opens nothing')
    }
    t.strictSame(await fingerprint(theirs), before, 'and nothing of theirs has changed')
  })
}

for (const route of secret.filter(({ access }) => access.idempotent)) {
  t.test(`${route.operationId} repeats no answer of another tenant`, async (t) => {
    const keyed = (request: ApiRequest) => ({
      ...request,
      headers: { ...request.headers, 'idempotency-key': 'shared' },
    })
    const request = await realRequest(theirs, placeOf(route), document)
    await asThem(keyed(request))
    const answer = await asUs(keyed(request))
    t.equal(answer.headers['idempotent-replayed'], undefined)
    checkSilence(t, answer, 'the same request')
  })
}

/** The cursor after the first item of their list; where there are too few for one, of their leads: foreign all the same. */
async function theirCursor(place: OperationPlace): Promise<string> {
  const request = await realRequest(theirs, place, document)
  const [leadId] = /\blead_[0-9a-z]{26}/.exec(request.path) ?? []
  if (leadId !== undefined) await tellStory(theirs, leadId)
  const page = await asThem({ ...request, query: { ...request.query, limit: 1 } })
  const next = page.json<{ next_cursor?: string | null }>().next_cursor ?? null
  if (next !== null) return next
  const leads = await theirs.call('GET', '/v1/leads?limit=1')
  return leads.json<{ next_cursor: string }>().next_cursor
}

for (const route of secret.filter(
  ({ query }) => query !== undefined && 'cursor' in (query as { properties: object }).properties,
)) {
  t.test(`${route.operationId} takes no cursor of another tenant`, async (t) => {
    const place = placeOf(route)
    const cursor = await theirCursor(place)
    const request = await realRequest(ours, place, document)
    const answer = await asUs({ ...request, query: { ...request.query, cursor } })
    checkSilence(t, answer, 'their cursor')
    // The feed's cursor is a plain number that holds nothing.
    if (!/^\d+$/.test(cursor)) t.equal(answer.statusCode, 400)
  })
}

// --- And who has the right ---

/** One of several parameters that an operation needs, none of which is required by itself. */
const NEEDED_QUERY: Record<string, Record<string, string>> = { listEvents: { visitor_id: 'visitor-1' } }

/** What has to be put first where it shall be removed. */
const PREPARED_BY: Record<string, string> = { deleteScoreOverride: 'putScoreOverride' }

// What removes comes last, as the others still need what it takes away; a model comes after what was set by it.
const removing = ({ method, operationId }: Route) =>
  method !== 'DELETE' ? 0 : operationId === 'retireScoreModel' ? 2 : 1
for (const route of [...secret].sort((a, b) => removing(a) - removing(b))) {
  t.test(`${route.operationId} serves its own tenant`, async (t) => {
    const request = await realRequest(ours, placeOf(route), document)
    // The example of the teams, which came by meanwhile, has no pool.
    if (route.operationId === 'pullNextLead') await fillPool(ours)
    const before = PREPARED_BY[route.operationId]
    if (before !== undefined) {
      const preparing = await realRequest(ours, places.get(before) as OperationPlace, document)
      await asUs({ ...preparing, path: request.path })
    }
    const answer = await asUs({ ...request, query: { ...request.query, ...NEEDED_QUERY[route.operationId] } })
    t.ok(
      answer.statusCode < 400 || [409, 422, 428].includes(answer.statusCode),
      `${answer.statusCode} ${answer.body.slice(0, 300)}`,
    )
  })
}
