/** One attempt to bring an operation to a status: what it is made of, and how a request is prepared. */
import type { LightMyRequestResponse } from 'fastify'
import type { Document } from '../../src/http/openapi-types.ts'
import { type ApiRequest, exampleRequest } from './openapi-requests.ts'
import type { OperationPlace } from './openapi-walk.ts'
import type { World } from './openapi-world.ts'

export interface Stage {
  place: OperationPlace
  document: Document
  world: World
  /** Sends to the service, with the secret key of the world unless the request brings another. */
  send(request: ApiRequest): Promise<LightMyRequestResponse>
}

export type Provoke = (stage: Stage) => Promise<unknown>

export const example = ({ place, document }: Stage) => exampleRequest(place, document)
export const real = async (stage: Stage) => await stage.world.realize(example(stage))

export const withHeaders = (request: ApiRequest, headers: Record<string, string>): ApiRequest => ({
  ...request,
  headers: { ...request.headers, ...headers },
})
