/**
 * One endpoint: what it takes, what it answers, who may call it, and the function that does it. Rooms are lists of
 * these; this file turns them into Fastify routes, so that manners are given once and not by each endpoint.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import type { Static, TSchema } from 'typebox'
import type { Caller, Ctx } from '../ctx.ts'
import type { ApiError } from '../errors.ts'
import { type Access, missingAccess } from './access.ts'
import type { JsonLimits } from './body/json-limits.ts'
import { type Deprecation, deprecationHeaders } from './deprecation.ts'
import { makeHandler } from './handle.ts'
import { NOBODY } from './plugins/auth.ts'

/** What a handler is given: values already checked against the schemas. */
export interface Call<P = unknown, Q = unknown, B = unknown> {
  caller: Caller
  params: P
  query: Q
  body: B
  request: FastifyRequest
  /** The problem document of a part of the request that failed alone: for batches, which answer 207. */
  describe(error: ApiError): Record<string, unknown>
}

/** What a handler gives back. */
export interface Answer<Body = unknown> {
  status: number
  body?: Body
  headers?: Record<string, string>
}

/** Makes a page for a person of a problem. */
export type ProblemPage = (
  request: FastifyRequest,
  problem: ApiError,
) => { html: string; headers: Record<string, string> } | null

type StaticOf<S> = S extends TSchema ? Static<S> : undefined

export interface RouteSpec<P, Q, B> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Fastify path below `/v1`, e.g. `/leads/:lead_id`. */
  url: string
  operationId: string
  summary: string
  description: string
  access: Access
  params?: P
  query?: Q
  body?: B
  /** Request media types; JSON when left out. */
  consumes?: string[]
  /** Success answers by status; a null schema means no content. Problems are added by the published document. */
  responses: Record<number, { description: string; schema: TSchema | null; contentType?: string }>
  /** Problems beyond those that every route can answer with. */
  problems?: number[]
  /** True when `Prefer: wait=N` holds the answer until the outcome is known. */
  waits?: boolean
  /** True when no two answers are alike, so that an entity tag would be good for nothing. */
  volatile?: boolean
  bodyLimit?: number
  /** What a browser is shown instead of the problem document; null where the caller is a program. */
  problemPage?: ProblemPage
  /** More than an ordinary body may hold: for batches. */
  jsonLimits?: JsonLimits
  /** True when the handler looks at `request.validationError` itself: a faulty item of a batch fails alone. */
  judgesBody?: boolean
  /** True where what is sent does not matter: no body at all is an empty one. */
  bodyOptional?: boolean
  /** Longest time to an answer, where the usual one (ANSWER_LIMIT_MS) is too short. */
  timeLimitSeconds?: number
  /** True when the handler needs the body as it came, to verify a signature. */
  keepsBytes?: boolean
  /** Set when there is something better; headers and the document tell it. */
  deprecated?: Deprecation
  /** With an Idempotency-Key all of it is one transaction: the ctx given here must do all the work. */
  handle(ctx: Ctx, call: Call<StaticOf<P>, StaticOf<Q>, StaticOf<B>>): Promise<Answer>
}

/** An endpoint with its types folded away, as rooms list it. */
export type Route = RouteSpec<TSchema | undefined, TSchema | undefined, TSchema | undefined>

/** Declares an endpoint; the handler's arguments are typed by the schemas. */
export function defineRoute<
  const P extends TSchema | undefined = undefined,
  const Q extends TSchema | undefined = undefined,
  const B extends TSchema | undefined = undefined,
>(spec: RouteSpec<P, Q, B>): Route {
  // The handler is contravariant in its call; the schemas that shape the call travel with it, so folding is safe.
  return spec as unknown as Route
}

/** A capability: its endpoints under one tag. */
export interface Room {
  /** Folder below `features/`; the tag is its name for people. */
  folder: string
  tag: string
  description: string
  routes: Route[]
  /**
   * Answers browsers of other origins on the public routes of the room; without it they get no CORS headers. `isShed`: the
   * request is refused for too much load, and nothing may be asked of the database.
   */
  cors?(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, isShed?: boolean): Promise<void>
  /** Registers what browsers show: unversioned addresses outside the published document. */
  pages?(app: FastifyInstance, ctx: Ctx): void
}

/** Registers all endpoints of a room; `base` is how the world reaches the service. */
export function registerRoom(app: FastifyInstance, ctx: Ctx, room: Room, base: string): void {
  for (const route of room.routes) registerRoute(app, ctx, room, route, base)
}

function registerRoute(app: FastifyInstance, ctx: Ctx, room: Room, route: Route, base: string): void {
  const missing = missingAccess(route.access)
  if (missing.length > 0) throw new Error(`${route.operationId} does not declare: ${missing.join(', ')}`)
  const { cors } = room
  const open = cors !== undefined && route.access.auth === 'public'
  if (open && !app.hasRoute({ method: 'OPTIONS', url: app.prefix + route.url })) addPreflight(app, ctx, route, cors)
  app.route({
    method: route.method,
    url: route.url,
    schema: schemaOf(room, route),
    config: {
      access: route.access,
      operationId: route.operationId,
      ...(route.deprecated && { headers: deprecationHeaders(route.deprecated) }),
      ...(route.jsonLimits && { jsonLimits: route.jsonLimits }),
      ...(route.body && { consumes: route.consumes ?? JSON_TYPES }),
      ...(route.keepsBytes === true && { keepsBytes: true }),
      ...(route.problemPage && { problemPage: route.problemPage }),
      ...(open && {
        cors: (request: FastifyRequest, reply: FastifyReply, isShed) => cors(ctx, request, reply, isShed),
      }),
    },
    ...(route.judgesBody === true && { attachValidation: true }),
    ...(route.bodyOptional === true && { preValidation: takeNoBody }),
    ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
    ...(open && {
      onRequest: async (request: FastifyRequest, reply: FastifyReply) => await cors(ctx, request, reply),
    }),
    handler: makeHandler(ctx, route, base),
  })
}

/** A merge patch is JSON under another name (api.md 24). */
const JSON_TYPES = ['application/json', 'application/merge-patch+json']

async function takeNoBody(request: FastifyRequest): Promise<void> {
  request.body ??= {}
}

/** `hide` belongs to the swagger plugin's schema. */
const HIDDEN: FastifySchema & { hide: true } = { hide: true }

function addPreflight(app: FastifyInstance, ctx: Ctx, route: Route, cors: NonNullable<Room['cors']>): void {
  app.route({
    method: 'OPTIONS',
    url: route.url,
    schema: HIDDEN,
    config: { access: { ...route.access, auth: 'open', idempotent: false } },
    handler: async (request, reply) => {
      request.caller = NOBODY
      await cors(ctx, request, reply)
      return reply.code(204).send()
    },
  })
}

function schemaOf(room: Room, route: Route): Record<string, unknown> {
  const response: Record<string, unknown> = {}
  for (const [status, { description, schema, contentType }] of Object.entries(route.responses)) {
    response[status] =
      schema === null
        ? { description, type: 'null' }
        : contentType === undefined
          ? { description, ...schema }
          : { description, content: { [contentType]: { schema } } }
  }
  return {
    operationId: route.operationId,
    tags: [room.tag],
    summary: route.summary,
    description: route.description,
    ...(route.deprecated && { deprecated: true }),
    ...(route.params && { params: route.params }),
    ...querystringOf(route),
    // One schema whatever the media type says: Fastify leaves a body unchecked when its type is not in a list by type.
    ...(route.body && { body: route.body }),
    ...(route.consumes && { consumes: route.consumes }),
    response,
  }
}

const NO_QUERY = { type: 'object', properties: {}, additionalProperties: false }

/** Unknown query parameters are refused, except on public routes: campaign links append what they like. */
function querystringOf(route: Route): Record<string, unknown> {
  if (route.query !== undefined) return { querystring: route.query }
  return route.access.auth === 'public' ? {} : { querystring: NO_QUERY }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    operationId?: string
    /** Headers of every answer of the operation. */
    headers?: Record<string, string>
    jsonLimits?: JsonLimits
    /** Media types of the body. */
    consumes?: string[]
    keepsBytes?: boolean
    problemPage?: ProblemPage
    /** Of a public route: tells browsers which pages may read the answer. */
    cors?: (request: FastifyRequest, reply: FastifyReply, isShed: boolean) => Promise<void>
  }
  interface FastifyRequest {
    caller: Caller
    /** When its headers had come. */
    arrivedAt: Date
  }
}
