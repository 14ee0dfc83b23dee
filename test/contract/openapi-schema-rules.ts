/** What client generators need of the schemas (api.md 3.2). Each rule gives its findings as sentences. */
import { type Document, refName, type Schema } from '../../src/http/openapi-types.ts'
import { allSchemas, componentsOf, type Place, typesOf, usesOf, within } from './openapi-walk.ts'

export type Rule = (document: Document) => string[]

/** A finding for every schema that `isFaulty` says is faulty. */
const noSchema =
  (isFaulty: (schema: Schema, place: Place) => boolean): Rule =>
  (document) =>
    allSchemas(document)
      .filter((place) => isFaulty(place.schema, place))
      .map(({ at }) => at)

const isScalar = (schema: Schema) => typesOf(schema).some((type) => /^(string|integer|number|boolean)$/.test(type))
const isNullType = (schema: Schema) => JSON.stringify(schema) === '{"type":"null"}'

function isNullableRef({ anyOf = [] }: Schema): boolean {
  const [ref, none] = anyOf
  return anyOf.length === 2 && ref?.$ref !== undefined && none !== undefined && isNullType(none)
}

/** Names that are taken in some target language. */
const TAKEN = /^(File|Error|Object|Date|Map|List|Client|Configuration|Model|Response|Request|Null|Set|String|Number)$/i

const FORBIDDEN_KEYWORDS = [
  'oneOf',
  'allOf',
  'not',
  'const',
  'nullable',
  'prefixItems',
  'patternProperties',
  'propertyNames',
  'dependentSchemas',
  'if',
  'then',
  'else',
  'unevaluatedProperties',
  '$defs',
  'definitions',
  'discriminator',
  'readOnly',
  'writeOnly',
  'contentMediaType',
]

const FORMATS = /^(date|date-time|email|uri|int32|int64|double|binary)$/
const INT64_MAX = 2 ** 53 - 1

/** Parts of a pattern between the `|` outside of groups and classes. */
function alternatives(pattern: string): string[] {
  const bare = pattern.replace(/\\./g, '__').replace(/\[[^\]]*\]/g, (text) => '_'.repeat(text.length))
  const ends: number[] = []
  let depth = 0
  for (let i = 0; i < bare.length; i++) {
    if (bare[i] === '(') depth++
    else if (bare[i] === ')') depth--
    else if (bare[i] === '|' && depth === 0) ends.push(i)
  }
  return [...ends, pattern.length].map((end, i) => pattern.slice(i === 0 ? 0 : (ends[i - 1] ?? 0) + 1, end))
}

function isSafePattern(pattern: string): boolean {
  const hasLookAroundOrBackReference = /\(\?[=!<]|\\[1-9k]/.test(pattern.replaceAll('\\\\', ''))
  const isAnchored = alternatives(pattern).every((part) => part.startsWith('^') && part.endsWith('$'))
  return isAnchored && !hasLookAroundOrBackReference && !/[\x00-\x1f]|\\u/.test(pattern)
}

function hasIntegerBounds({ format, minimum, maximum }: Schema): boolean {
  if (minimum === undefined || maximum === undefined || minimum < -INT64_MAX || maximum > INT64_MAX) return false
  const isSmall = minimum >= -(2 ** 31) && maximum < 2 ** 31
  return format === 'int64' || (format === 'int32' && isSmall)
}

const isRestricted = ({ pattern, format, enum: values }: Schema) =>
  pattern !== undefined || format !== undefined || values !== undefined

/** Two values that a generator would give the same constant. */
function collides(values: unknown[]): boolean {
  const names = values.map((value) =>
    String(value)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, ''),
  )
  return new Set(names).size < names.length
}

const isNamedWrong = ({ at, schema }: Place) => !/^[A-Z][A-Za-z0-9]*$/.test(at) || TAKEN.test(at) || schema.title !== at

function requestBodies(document: Document): Place[] {
  // What we send to webhooks is an answer in the body of a request.
  const start = usesOf({ ...document, webhooks: {} }).filter(({ at }) => at.includes(' body '))
  const seen = new Map<string, Place>()
  for (let todo = start; todo.length > 0; ) {
    const refs = todo.flatMap(within).flatMap(({ schema }) => schema.$ref ?? [])
    const fresh = [...new Set(refs.map(refName))].filter((name) => !seen.has(name))
    todo = fresh.map((name) => ({ at: name, schema: document.components.schemas[name] ?? {} }))
    for (const place of todo) seen.set(place.at, place)
  }
  return [...start, ...seen.values()].flatMap(within)
}

function recursiveComponents({ components: { schemas } }: Document): string[] {
  const targets = (name: string) =>
    within({ at: name, schema: schemas[name] ?? {} }).flatMap(({ schema }) =>
      schema.$ref ? [refName(schema.$ref)] : [],
    )
  const reaches = (name: string, goal: string, seen: Set<string>): boolean =>
    targets(name).some((next) => next === goal || (!seen.has(next) && reaches(next, goal, seen.add(next))))
  return Object.keys(schemas).filter((name) => reaches(name, name, new Set()))
}

/** Rules of api.md by number. */
export const SCHEMA_RULES: Record<string, Rule> = {
  'G1 G3: the only composition is a reference that may be null': noSchema(
    (schema) => schema.anyOf !== undefined && !isNullableRef(schema),
  ),
  'G1 G8 G11: no keyword that a generator stumbles over': noSchema((schema) =>
    FORBIDDEN_KEYWORDS.some((keyword) => keyword in schema),
  ),
  'G2 G11: a type is one type, or a scalar and null': noSchema((schema, { at }) => {
    const types = typesOf(schema)
    if (isNullType(schema)) return !at.endsWith('anyOf[1]')
    if (Array.isArray(schema.type)) return types.length !== 2 || types[1] !== 'null' || !isScalar(schema)
    return types.length !== 1 && schema.$ref === undefined && schema.anyOf === undefined && !at.endsWith('.*')
  }),
  'G4 G5: a closed enum is an inline string and never null': (document) => [
    ...noSchema(({ enum: values, type }) => values !== undefined && type !== 'string')(document),
    ...componentsOf(document).flatMap(({ at, schema }) => (schema.enum === undefined ? [] : [at])),
  ],
  'G6: enum values make different names': noSchema(
    ({ enum: values = [] }) => collides(values) || values.some((value) => !/^[A-Za-z]/.test(String(value))),
  ),
  'G7: an open enum says so and names its values': noSchema(
    (schema) =>
      'x-extensible-enum' in schema !== (schema.description?.startsWith('Open enum.') ?? false) ||
      ('x-extensible-enum' in schema && schema.enum !== undefined),
  ),
  'G9 G10: a map has no declared properties, a bound, and a described value': noSchema((schema) => {
    const { additionalProperties: value, properties, maxProperties } = schema
    if (value === true) return true
    if (typeof value === 'object')
      return properties !== undefined || maxProperties === undefined || Object.keys(value).length === 0
    return schema.type === 'object' && properties === undefined
  }),
  'G12: no component contains itself': recursiveComponents,
  'G13: an integer has a format and bounds, a number is a double': noSchema((schema) => {
    const types = typesOf(schema)
    if (types.includes('integer')) return !hasIntegerBounds(schema)
    return (
      types.includes('number') &&
      (schema.format !== 'double' || schema.minimum === undefined || schema.maximum === undefined)
    )
  }),
  'G14: a request body has no default': (document) =>
    requestBodies(document).flatMap(({ at, schema }) => ('default' in schema ? [at] : [])),
  'G18: bytes are a string of format binary with a most length': noSchema(
    ({ format, type, maxLength }) => format === 'binary' && (type !== 'string' || maxLength === undefined),
  ),
  'G19: an object is a named component with a title, unique whatever its case': (document) => {
    const names = Object.keys(document.components.schemas)
    const folded = new Set(names.map((name) => name.toLowerCase()))
    const inline = [
      ...usesOf(document).flatMap(within),
      ...componentsOf(document).flatMap((place) => within(place).slice(1)),
    ].filter(({ schema }) => schema.properties !== undefined)
    return [
      ...componentsOf(document)
        .filter(isNamedWrong)
        .map(({ at }) => at),
      ...inline.map(({ at }) => `${at} is an inline object`),
      ...(folded.size < names.length ? ['two components differ by case only'] : []),
    ]
  },
  'G22: a pattern is anchored and safe for RE2, a format is a common one': noSchema(
    ({ pattern, format }) =>
      (pattern !== undefined && !isSafePattern(pattern)) || (format !== undefined && !FORMATS.test(format)),
  ),
  'G23: a text has a length and a pattern, format or enum': noSchema(
    (schema) =>
      typesOf(schema).includes('string') &&
      schema.format !== 'binary' &&
      (!isRestricted(schema) || (schema.maxLength === undefined && schema.enum === undefined)),
  ),
  'G23: a list has a length': noSchema(
    (schema) => typesOf(schema).includes('array') && (schema.maxItems === undefined || schema.items === undefined),
  ),
  'every component and every field has a description': (document) =>
    componentsOf(document).flatMap(({ at, schema }) => [
      ...(schema.description ? [] : [at]),
      ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
        field.description || field.$ref ? [] : [`${at}.${name}`],
      ),
    ]),
  'every component and every field has an example': (document) =>
    componentsOf(document).flatMap(({ at, schema }) => [
      ...(schema.examples ? [] : [at]),
      ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
        field.examples || field.$ref || field.anyOf ? [] : [`${at}.${name}`],
      ),
    ]),
  'every declared property of an answer is always there': (document) =>
    answers(document).flatMap(({ at, schema }) => {
      // A problem has members of its own kind (RFC 9457, 3.2).
      const required = new Set([...(schema.required ?? []), ...(at === 'Problem' ? ['existing_id'] : [])])
      return Object.keys(schema.properties ?? {}).flatMap((name) => (required.has(name) ? [] : [`${at}.${name}`]))
    }),
  'a request refuses unknown properties, an answer never does': (document) => {
    const requests = new Set(requestBodies(document).map(({ at }) => at))
    return componentsOf(document).flatMap(({ at, schema }) =>
      schema.properties === undefined || requests.has(at) === (schema.additionalProperties === false) ? [] : [at],
    )
  },
}

/** Components that are only ever sent by the service. */
function answers(document: Document): Place[] {
  const requests = new Set(requestBodies(document).map(({ at }) => at))
  return componentsOf(document).filter(({ at }) => !requests.has(at))
}
