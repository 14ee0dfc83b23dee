/** Ways through a published document: every schema with its place, every operation with its path. */
import type { Document, Operation, Schema } from '../../src/http/openapi-types.ts'

export interface Place {
  /** For people: `Lead.properties.email`. */
  at: string
  schema: Schema
}

export interface OperationPlace {
  method: string
  path: string
  operation: Operation
}

/** Every operation below `paths`. */
export function operationsOf(document: Document): OperationPlace[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  )
}

/** Every webhook operation. */
export function webhooksOf(document: Document): OperationPlace[] {
  return Object.entries(document.webhooks ?? {}).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  )
}

/** A schema and all schemas inside it. */
export function within({ at, schema }: Place): Place[] {
  const children: Place[] = [
    ...Object.entries(schema.properties ?? {}).map(([name, child]) => ({ at: `${at}.${name}`, schema: child })),
    ...(schema.items === undefined ? [] : [{ at: `${at}[]`, schema: schema.items }]),
    ...(typeof schema.additionalProperties === 'object'
      ? [{ at: `${at}.*`, schema: schema.additionalProperties }]
      : []),
    ...(schema.anyOf ?? []).map((child, i) => ({ at: `${at}.anyOf[${i}]`, schema: child })),
  ]
  return [{ at, schema }, ...children.flatMap(within)]
}

/** The components, by name. */
export function componentsOf(document: Document): Place[] {
  return Object.entries(document.components.schemas).map(([at, schema]) => ({ at, schema }))
}

/** Schemas of parameters, bodies, answers and headers: where operations use them, not inside the components. */
export function usesOf(document: Document): Place[] {
  const operations = [...operationsOf(document), ...webhooksOf(document)].flatMap(({ operation }) => {
    const { operationId, parameters = [], requestBody, responses } = operation
    return [
      ...parameters.map(({ name, schema }) => ({ at: `${operationId}?${name}`, schema })),
      ...contentOf(`${operationId} body`, requestBody?.content),
      ...Object.entries(responses).flatMap(([status, { content }]) => contentOf(`${operationId} ${status}`, content)),
    ]
  })
  const headers = Object.entries(document.components.headers).map(([name, header]) => ({
    at: `header ${name}`,
    schema: header['schema'] as Schema,
  }))
  return [...operations, ...headers]
}

const contentOf = (at: string, content: Record<string, { schema: Schema }> = {}): Place[] =>
  Object.entries(content).map(([type, { schema }]) => ({ at: `${at} ${type}`, schema }))

/** Every schema of the document, wherever it stands. */
export function allSchemas(document: Document): Place[] {
  return [...componentsOf(document), ...usesOf(document)].flatMap(within)
}

/** Types of a schema as a list. */
export const typesOf = (schema: Schema): string[] => [schema.type ?? []].flat()
