/** Examples of whole objects, put together from the examples of their fields, so that they can never drift apart. */
import { refName, type Schema } from './openapi-types.ts'

/** An example of a schema; undefined when a field has none. No shape contains itself; the limit only guards against a mistake. */
export function exampleOf(schema: Schema, schemas: Record<string, Schema>, depth = 32): unknown {
  if (depth === 0) return undefined
  if (schema.examples !== undefined) return schema.examples[0]
  if (schema.$ref !== undefined) return exampleOf(schemas[refName(schema.$ref)] ?? {}, schemas, depth - 1)
  if (schema.anyOf !== undefined) return exampleOf(schema.anyOf[0] ?? {}, schemas, depth - 1)
  if (schema.items !== undefined) return listOf(exampleOf(schema.items, schemas, depth - 1))
  if (schema.properties === undefined) return undefined
  const fields = Object.entries(schema.properties)
    // A cursor has meaning only for the list that gave it.
    .filter(([name]) => name !== 'cursor')
    .map(([name, field]) => [name, exampleOf(field, schemas, depth - 1)])
  return Object.fromEntries(fields.filter(([, example]) => example !== undefined))
}

const listOf = (item: unknown) => (item === undefined ? undefined : [item])

/** Gives every component, and every list in one, its example. */
export function addExamples(schemas: Record<string, Schema>): void {
  for (const schema of Object.values(schemas)) {
    for (const field of Object.values(schema.properties ?? {})) {
      if (field.$ref === undefined && field.anyOf === undefined) addExample(field, schemas)
    }
    addExample(schema, schemas)
  }
}

function addExample(schema: Schema, schemas: Record<string, Schema>): void {
  const example = exampleOf(schema, schemas)
  if (example !== undefined) schema.examples ??= [example]
}
