/** Serves the OpenAPI documents and their offline reference page. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { finishOpenapi, openapiBase } from '../openapi.ts'
import { toOpenapi30 } from '../openapi-3-0.ts'
import type { Document, Json } from '../openapi-types.ts'
import type { Room } from '../route.ts'

/** What the reference page may load: itself. Calls that are tried out go to this service alone. */
const PAGE_POLICY =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Registers the collector; must come before the rooms. */
export async function addSwagger(app: FastifyInstance, rooms: Room[], url: string): Promise<void> {
  await app.register(swagger, {
    openapi: openapiBase(rooms, url) as never, // our own shape of the document is wider than the plugin's types
    convertConstToEnum: true,
    transformObject: (collected) => {
      if (!('openapiObject' in collected)) throw new Error('the OpenAPI collector is off')
      return finishOpenapi(collected.openapiObject as never, rooms) as never // as above
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, i) => (typeof json.$id === 'string' ? json.$id : `def-${i}`),
    },
  })
  let edition: Json | undefined
  app.decorate('swagger30', () => {
    edition ??= toOpenapi30(app.swagger() as unknown as Document) // as above
    return edition
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    // Closed at first: over two hundred operations take a browser many seconds to draw. The filter finds a group.
    uiConfig: {
      layout: 'BaseLayout', // without the bar, which would offer to load other documents
      docExpansion: 'none',
      defaultModelsExpandDepth: 0,
      filter: true,
      deepLinking: true,
      tryItOutEnabled: true,
      persistAuthorization: false,
    },
    theme: { title: 'Leadwell API' },
    // A browser draws the 3.0 edition in two seconds and the 3.1 one in twelve, as it looks into every schema first.
    transformSpecification: () => app.swagger30(),
    transformSpecificationClone: false,
    staticCSP: PAGE_POLICY,
    uiHooks: {
      onRequest: (_request, reply, done) => {
        reply.header('referrer-policy', 'no-referrer')
        done()
      },
    },
  })
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The document as OpenAPI 3.0, made once. */
    swagger30(): Json
  }
}
