/**
 * The published OpenAPI 3.1 document: what @fastify/swagger collects from the routes, plus what every operation shares
 * (problems, security, limits, headers) and what generators need (api.md 3).
 */
import { addExamples } from './openapi-example.ts'
import { finishOperation } from './openapi-operation.ts'
import { sharedHeaders, sharedResponses } from './openapi-shared.ts'
import { type Document, type Json, refName, type Schema } from './openapi-types.ts'
import { WEBHOOK_TAG, webhooks } from './openapi-webhooks.ts'
import type { Room } from './route.ts'

export const API_VERSION = '1.0.0'

/** Document parts that do not come from routes. */
export function openapiBase(rooms: Room[], url: string): Json {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Leadwell',
      version: API_VERSION,
      summary: 'Headless lead management.',
      description:
        'Captures leads from forms and other systems, matches and judges them, and keeps other systems in step. ' +
        'Ids are opaque, times are RFC 3339 in UTC, every failure is a problem document (RFC 9457) whose `code` programs act on. ' +
        'Clients ignore properties that they do not know. This document: `/openapi.json` (3.1, with the webhooks) and `/openapi-3.0.json`.',
      contact: { name: 'Leadwell', url: 'https://leadwell.dev' },
      license: { name: 'Proprietary', identifier: 'LicenseRef-Leadwell' },
    },
    servers: [{ url, description: 'This installation (production).', 'x-internal': false }],
    tags: [
      ...rooms.map(({ tag, description }) => ({ name: tag, description })),
      { name: WEBHOOK_TAG, description: 'What your own endpoints receive: the change feed, pushed.' },
    ],
    components: {
      securitySchemes: {
        secretKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'A secret (`sk_…`) or restricted (`rk_…`) key. Never put it into a page.',
        },
        publishableKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'A publishable key (`pk_…`), good for capture only; it may stand in a page.',
        },
      },
    },
    security: [{ secretKey: [] }],
  }
}

/** Finishes the document that the plugin collected. */
export function finishOpenapi(document: Document, rooms: Room[]): Document {
  const routes = new Map(rooms.flatMap((room) => room.routes).map((route) => [route.operationId, route]))
  const { components, paths } = document
  components.schemas = sortedByName(components.schemas)
  dropRequestDefaults(components.schemas)
  addExamples(components.schemas)
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) {
    const route = routes.get(operation.operationId)
    if (route !== undefined) finishOperation(operation, route, components.schemas)
  }
  components.responses = sharedResponses(namesUsed(paths, 'responses'))
  components.headers = sharedHeaders(namesUsed([paths, components.responses], 'headers'))
  return { ...document, webhooks: webhooks() }
}

/** The order of imports must not move lines of the committed document. */
function sortedByName<T>(map: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function namesUsed(part: unknown, section: string): Set<string> {
  const refs = JSON.stringify(part).matchAll(/"\$ref":"([^"]+)"/g)
  return new Set([...refs].flatMap(([, ref = '']) => (ref.includes(`/${section}/`) ? [refName(ref)] : [])))
}

/** Defaults in request bodies make generators take the property as required (G14); they are told in the descriptions. */
function dropRequestDefaults(schemas: Record<string, Schema>): void {
  for (const schema of Object.values(schemas)) {
    for (const property of Object.values(schema.properties ?? {})) delete property['default']
  }
}
