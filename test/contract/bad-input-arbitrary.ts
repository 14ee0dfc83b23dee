/** Generators for fast-check, made from the schemas of the document: values that fit, and values that do so no more. */
import fc from 'fast-check'
import { type Document, refName, type Schema } from '../../src/http/openapi-types.ts'
import { typesOf } from './openapi-walk.ts'

type Any = fc.Arbitrary<unknown>

/** Lists and texts are short: what is long stands in the corpora. */
const SOME = 3

/** Values that fit a schema, each kind of them with its edges. */
export function fitting(schema: Schema, document: Document): Any {
  if (schema.$ref !== undefined) return fitting(document.components.schemas[refName(schema.$ref)] ?? {}, document)
  if (schema.anyOf !== undefined) return fc.option(fitting(schema.anyOf[0] ?? {}, document))
  const known = schema.enum ?? (schema['x-extensible-enum'] as unknown[] | undefined)
  const value = known === undefined ? ofType(schema, document) : fc.constantFrom(...known)
  return typesOf(schema).includes('null') ? fc.option(value) : value
}

function ofType(schema: Schema, document: Document): Any {
  const types = typesOf(schema)
  if (types.includes('string')) return text(schema)
  if (types.includes('integer')) return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 2 ** 31 - 1 })
  if (types.includes('number')) return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1, noNaN: true })
  if (types.includes('boolean')) return fc.boolean()
  if (types.includes('array')) return list(schema, document)
  return types.includes('object') ? object(schema, document) : fc.jsonValue({ maxDepth: 2 })
}

function text({
  format,
  pattern = '^.*$',
  minLength = 0,
  maxLength = 200,
  examples = [],
}: Schema): fc.Arbitrary<string> {
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
  const example = fc.constantFrom(...(examples.length > 0 ? (examples as string[]) : ['example']))
  const free = fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, 40) })
  const isFree = pattern.startsWith('^[^')
  return fc.oneof(example, isFree ? free : fc.stringMatching(new RegExp(pattern)).map((one) => one.slice(0, maxLength)))
}

function list({ items = {}, minItems = 0, maxItems = SOME }: Schema, document: Document): Any {
  return fc.array(fitting(items, document), {
    minLength: minItems,
    maxLength: Math.max(minItems, Math.min(maxItems, SOME)),
  })
}

function object({ properties, required = [], additionalProperties }: Schema, document: Document): Any {
  if (properties === undefined) {
    const value = typeof additionalProperties === 'object' ? fitting(additionalProperties, document) : fc.jsonValue()
    return fc.dictionary(fc.string({ unit: 'binary', maxLength: 20 }), value, { maxKeys: SOME, noNullPrototype: true })
  }
  const fields = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, fitting(field, document)]))
  return fc.record(fields, { requiredKeys: required, noNullPrototype: true })
}

/** JSON values with a part replaced, removed or added. */
export function bent(value: Any): Any {
  const junk = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(null, '', [], {}, 0, -1, true, 1e308, [null], [[]]),
  )
  return fc
    .tuple(value, fc.array(fc.nat(7), { minLength: 1, maxLength: 4 }), junk, fc.nat(2))
    .map(([whole, way, part, deed]) => bend(whole, way, part, deed))
}

/** Walks into the value by the numbers of `way`, and does the deed where it can go no further. */
function bend(value: unknown, [first = 0, ...way]: number[], part: unknown, deed: number): unknown {
  if (typeof value !== 'object' || value === null) return part
  const entries = Object.entries(value)
  if (entries.length === 0) return part
  const at = first % entries.length
  const changed = entries.flatMap(([name, inner], i) => {
    if (i !== at) return [[name, inner]]
    if (way.length > 0) return [[name, bend(inner, way, part, deed)]]
    if (deed === 0) return []
    return deed === 1
      ? [[name, part]]
      : [
          [name, inner],
          [`${name}_`, part],
        ]
  })
  return Array.isArray(value) ? changed.map(([, inner]) => inner) : Object.fromEntries(changed)
}
