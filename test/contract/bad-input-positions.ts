/** Every place of a request body where a value can be put, found in the example by the help of its schema. */
import { type Document, refName, type Schema } from '../../src/http/openapi-types.ts'
import type { Target } from './bad-input-probe.ts'
import type { ApiRequest } from './openapi-requests.ts'
import { typesOf } from './openapi-walk.ts'

export interface Position {
  /** RFC 6901 pointer into the body. */
  pointer: string
  schema: Schema
}

/** All positions of a target's body, the root not among them. */
export function positionsOf({ place }: Target, document: Document): Position[] {
  const schema = place.operation.requestBody?.content['application/json']?.schema
  return schema === undefined ? [] : below('', schema, document)
}

function below(pointer: string, schema: Schema, document: Document): Position[] {
  const bare = resolved(schema, document)
  if (bare.items !== undefined) return at(`${pointer}/0`, bare.items, document)
  const fields = Object.entries(bare.properties ?? {}).flatMap(([name, field]) =>
    at(`${pointer}/${name}`, field, document),
  )
  if (typeof bare.additionalProperties !== 'object') return fields
  const { additionalProperties: value, examples } = bare
  const names = [...Object.keys((examples?.[0] as object | undefined) ?? {}), 'any']
  return [...fields, ...names.flatMap((name) => at(`${pointer}/${name}`, value, document))]
}

const at = (pointer: string, schema: Schema, document: Document): Position[] => [
  { pointer, schema: resolved(schema, document) },
  ...below(pointer, schema, document),
]

function resolved(schema: Schema, document: Document): Schema {
  const target = schema.$ref ?? schema.anyOf?.[0]?.$ref
  return target === undefined ? schema : (document.components.schemas[refName(target)] ?? {})
}

/** True when the keys are the caller's own. */
export function isMap({ schema }: Position): boolean {
  return typeof schema.additionalProperties === 'object'
}

/** True when a text may stand there. */
export function takesText({ schema }: Position): boolean {
  const types = typesOf(schema)
  return types.length === 0 || types.includes('string')
}

const MARK = '\u0001here\u0001'

/** The request with this JSON text, whatever it is, at a position of its body. */
export function withJson(request: ApiRequest, pointer: string, json: string): ApiRequest {
  const body = JSON.parse(String(request.body))
  setAt(body, pointer, MARK)
  return { ...request, body: JSON.stringify(body).replace(JSON.stringify(MARK), () => json) }
}

/** The value at a pointer; undefined when there is none. */
export function valueAt(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined | null)?.[name], document)
}

function setAt(document: unknown, pointer: string, value: unknown): void {
  const names = pointer.split('/').slice(1)
  const last = names.pop() ?? ''
  let place = document as Record<string, unknown>
  for (const name of names) {
    place[name] ??= {}
    place = place[name] as Record<string, unknown>
  }
  place[last] = value
}
