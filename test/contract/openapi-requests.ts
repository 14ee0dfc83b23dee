/** Requests made from the published document: the documented example of an operation, ready to be bent. */
import { exampleOf } from '../../src/http/openapi-example.ts'
import type { Document, Parameter } from '../../src/http/openapi-types.ts'
import type { OperationPlace } from './openapi-walk.ts'

export interface ApiRequest {
  method: string
  path: string
  /** A value may be a list: the parameter is repeated. */
  query: Record<string, unknown>
  headers: Record<string, string>
  body: string | Buffer | null
}

/** Path, required parameters and body of an operation, all as the document shows them. */
export function exampleRequest({ method, path, operation }: OperationPlace, document: Document): ApiRequest {
  const { parameters = [], requestBody } = operation
  const filled = path.replace(/\{([^}]+)\}/g, (_, name: string) =>
    encodeURIComponent(String(parameters.find((parameter) => parameter.name === name)?.example)),
  )
  const required = parameters.filter((parameter) => parameter.in === 'query' && parameter.required)
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? []
  return {
    method,
    path: filled,
    query: Object.fromEntries(required.map(({ name, example }) => [name, example])),
    headers: type === undefined ? {} : { 'content-type': type },
    body: content === undefined ? null : JSON.stringify(exampleOf(content.schema, document.components.schemas)),
  }
}

/** Optional query parameters that can be tried one by one; a cursor has meaning only for the list that gave it. */
export function optionalQuery({ operation }: OperationPlace): Parameter[] {
  return (operation.parameters ?? []).filter(
    (parameter) => parameter.in === 'query' && !parameter.required && parameter.name !== 'cursor',
  )
}

/** The address of a request. */
export function urlOf({ path, query }: ApiRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(String(each))}`),
  )
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`
}
