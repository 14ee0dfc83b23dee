/** The same document for tools that know OpenAPI 3.0 only: a mechanical rewriting, nothing is decided here (G26). */
import type { Document, Json, Schema } from './openapi-types.ts'
import { WEBHOOK_TAG } from './openapi-webhooks.ts'

/** OpenAPI 3.1 -> 3.0.3. The webhooks are dropped: 3.0 has no place for them. */
export function toOpenapi30(document: Document): Json {
  const { openapi: _version, webhooks: _webhooks, ...rest } = document
  const { summary: _summary, license: named, ...info } = rest['info'] as Json
  const { identifier: _identifier, ...license } = named as Json
  const { url } = info['contact'] as { url: string }
  const tags = (rest['tags'] as { name: string }[]).filter(({ name }) => name !== WEBHOOK_TAG)
  const parts = { ...rest, info: { ...info, license: { ...license, url: `${url}/license` } }, tags }
  return { openapi: '3.0.3', ...(convertPart(parts) as Json) }
}

/** Finds the schemas of a part; examples are data, and may look like anything. */
function convertPart(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(convertPart)
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => {
      if (key === 'schema') return [key, convertSchema(value as Schema)]
      if (key === 'schemas') return [key, convertEach(value as Record<string, Schema>)]
      return [key, key === 'example' || key === 'examples' ? value : convertPart(value)]
    }),
  )
}

const convertEach = (schemas: Record<string, Schema>) =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, convertSchema(schema)]))

function convertSchema(schema: Schema): Json {
  if (schema.$ref !== undefined) return { $ref: schema.$ref }
  const { anyOf, examples, properties, items, additionalProperties, ...rest } = schema
  return {
    ...convertType(rest),
    ...convertBounds(rest),
    ...(anyOf && nullableRef(anyOf)),
    ...(properties && { properties: convertEach(properties) }),
    ...(items && { items: convertSchema(items) }),
    ...convertAdditional(additionalProperties),
    ...(examples && isPlain(examples[0]) && { example: examples[0] }),
  }
}

/** An object in an example may have a property `id`, which 3.0 validators take for the name of a schema. */
function isPlain(example: unknown): boolean {
  return typeof example !== 'object' || example === null || (Array.isArray(example) && example.every(isPlain))
}

/** A list of types is one type and perhaps null; a length of bytes means nothing to 3.0 tools. */
function convertType({ type, exclusiveMinimum: _low, exclusiveMaximum: _high, ...rest }: Schema): Json {
  const types = [type ?? []].flat()
  const kind = types.find((name) => name !== 'null')
  const { maxLength, ...bare } = rest
  return {
    ...(rest.format === 'binary' || maxLength === undefined ? bare : rest),
    ...(kind !== undefined && { type: kind }),
    ...(types.includes('null') && { nullable: true }),
  }
}

function convertBounds({ exclusiveMinimum, exclusiveMaximum }: Schema): Json {
  return {
    ...(exclusiveMinimum !== undefined && { minimum: exclusiveMinimum, exclusiveMinimum: true }),
    ...(exclusiveMaximum !== undefined && { maximum: exclusiveMaximum, exclusiveMaximum: true }),
  }
}

function nullableRef(anyOf: Schema[]): Json {
  return { type: 'object', nullable: true, allOf: anyOf.filter(({ $ref }) => $ref !== undefined) }
}

function convertAdditional(additional: Schema['additionalProperties']): Json {
  if (additional === undefined) return {}
  return { additionalProperties: typeof additional === 'boolean' ? additional : convertSchema(additional) }
}
