/**
 * Building blocks of every schema on the wire. They exist because raw TypeBox emits shapes that client generators
 * mis-read (api.md 3): unions of literals, nullable unions, free objects without a value schema.
 */
import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox'
import { type IdKind, typeIdPattern } from '../domain/type-id.ts'

type Options = { description: string; examples?: unknown[] } & Record<string, unknown>

/** A $ref to a named component that keeps its static type. */
export function ref<T extends TSchema>(schema: T) {
  return Type.Unsafe<Static<T>>({ $ref: `${idOf(schema)}#` })
}

function idOf(schema: TSchema): string {
  const { $id } = schema as { $id?: string }
  if ($id === undefined) throw new Error('ref() needs a component')
  return $id
}

const components = new Map<string, TSchema>()

/** Every component declared so far, for the app to register once the rooms are imported. */
export function allComponents(): TSchema[] {
  return [...components.values()]
}

function declare<T extends TSchema>(name: string, schema: T): T {
  if (components.has(name)) throw new Error(`two components are called ${name}`)
  components.set(name, schema)
  return schema
}

/** A named component: every object on the wire is one. Unknown properties of requests are refused, see `input`. */
export function component<P extends TProperties>(
  name: string,
  description: string,
  properties: P,
  extra: object = {},
): TObject<P> {
  return declare(name, Type.Object(properties, { $id: name, title: name, description, ...extra }))
}

/** A named component of a request: unknown properties are refused, so a typing error is never silently ignored. */
export function input<P extends TProperties>(
  name: string,
  description: string,
  properties: P,
  extra: object = {},
): TObject<P> {
  return component(name, description, properties, { additionalProperties: false, ...extra })
}

/** An id of one kind. */
export const Id = (kind: IdKind, options: Options) =>
  Type.String({ pattern: typeIdPattern(kind), maxLength: 64, ...withExample(options, exampleId(kind)) })

/** The example id that all examples of a kind share. */
export function exampleId(kind: IdKind): string {
  return typeIdPattern(kind)
    .slice(1)
    .replace(/\[0-7\].*$/, '01k8r5x4q3e7vb2c9m6h0n1d5s')
}

/** A key that a client chose: stable across environments. */
export const Slug = (options: Options) => Type.String({ pattern: '^[a-z][a-z0-9_-]{0,63}$', maxLength: 64, ...options })

/** Free text: all characters but NUL, which PostgreSQL cannot store; length in code points. */
export const Text = (maxLength: number, options: Options) =>
  Type.String({ maxLength, pattern: '^[^\\x00]*$', ...options })

/** A closed list: only where no value can ever be added. */
export const ClosedEnum = <const V extends readonly string[]>(values: V, options: Options) =>
  Type.Unsafe<V[number]>({ type: 'string', enum: [...values], ...withExample(options, values[0]) })

/** A list that may grow: clients take unknown values as valid. */
export const OpenEnum = <const V extends readonly string[]>(values: V, options: Options) =>
  Type.Unsafe<V[number]>({
    type: 'string',
    maxLength: 64,
    pattern: '^[a-z0-9_.:-]*$',
    'x-extensible-enum': [...values],
    ...withExample(options, values[0]),
    description: `Open enum. ${options.description} Known values: ${values.map((v) => `\`${v}\``).join(', ')}.`,
  })

/** A scalar that may be null. */
export function Nullable<T extends TSchema>(schema: T) {
  const { type, ...rest } = schema as unknown as { type: string }
  return Type.Unsafe<Static<T> | null>({ type: [type, 'null'], ...rest })
}

/** An embedded object that may be null: the only composition that all generators understand. */
export const NullableRef = <T extends TSchema>(schema: T, description: string) =>
  Type.Unsafe<Static<T> | null>({ anyOf: [{ $ref: `${idOf(schema)}#` }, { type: 'null' }], description })

/** A whole number with bounds; int64 stays inside what JSON numbers carry exactly. */
export const Int = (minimum: number, maximum: number, options: Options) =>
  Type.Integer({
    minimum,
    maximum,
    format: maximum > 2_147_483_647 ? 'int64' : 'int32',
    ...withExample(options, minimum),
  })

export const Flag = (options: Options) => Type.Boolean(withExample(options, true))

/** RFC 3339 in UTC with milliseconds. */
export const Timestamp = (options: Options) =>
  Type.String({ format: 'date-time', maxLength: 64, ...withExample(options, '2026-11-22T05:28:00.000Z') })

/** A list of bounded length. */
export const List = <T extends TSchema>(items: T, maxItems: number, options: Options) =>
  Type.Array(items, { maxItems, ...options })

/** A request body that is a map of any JSON values, as a named component. */
export const mapComponent = (name: string, maxProperties: number, options: Options) =>
  declare(name, FreeMap(maxProperties, { $id: name, title: name, ...options }))

/** The query parameters of a route; unknown ones are refused. */
export function query<P extends TProperties>(properties: P): TObject<P> {
  return Type.Object(properties, { additionalProperties: false })
}

/** A map of any JSON values. */
export const FreeMap = (maxProperties: number, options: Options) =>
  Type.Unsafe<Record<string, unknown>>({
    type: 'object',
    additionalProperties: { description: 'Any JSON value.' },
    maxProperties,
    ...options,
  })

/** A map of texts. */
export const TextMap = (maxProperties: number, maxLength: number, options: Options) =>
  Type.Unsafe<Record<string, string>>({
    type: 'object',
    additionalProperties: { type: 'string', maxLength, pattern: '^[^\\x00]*$' },
    maxProperties,
    ...options,
  })

/** The envelope of every list. */
export function pageOf<T extends TSchema>(name: string, description: string, item: T) {
  return component(name, description, {
    data: Type.Array(ref(item), { description: 'This page, in the order of `sort`.', maxItems: 1000 }),
    has_more: Flag({ description: 'True when another page follows.', examples: [false] }),
    next_cursor: Nullable(
      Type.String({
        description: 'Pass as `cursor` for the next page; null on the last one.',
        maxLength: 2048,
        pattern: '^[A-Za-z0-9_.-]*$',
        examples: [null],
      }),
    ),
  })
}

/** A query parameter that may be repeated; repeated means OR. */
export const Repeated = <T extends TSchema>(item: T, options: Options) =>
  Type.Optional(Type.Array(item, { maxItems: 20, ...options }))

export const LimitParameter = Type.Integer({
  minimum: 1,
  maximum: 200,
  default: 50,
  format: 'int32',
  description: 'Number of items on a page.',
  examples: [50],
})

export const CursorParameter = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 2048,
    pattern: '^[A-Za-z0-9_.-]+$',
    description: '`next_cursor` of the page before; belongs to the same filters and sort.',
    examples: ['c1.WyJvcGFxdWUiXQ.b3BhcXVl'],
  }),
)

/** The order of a list. No enum: `created_at` and `-created_at` would be one constant in generated clients. */
export const SortParameter = <const V extends readonly string[]>(values: V, byDefault: V[number]) =>
  Type.Unsafe<V[number]>({
    type: 'string',
    maxLength: 64,
    pattern: `^(${values.join('|')})$`,
    default: byDefault,
    description: `Order, \`-\` means descending: ${values.map((value) => `\`${value}\``).join(', ')}.`,
    examples: [byDefault],
  })

function withExample(options: Options, example: unknown): Options {
  return options.examples === undefined ? { ...options, examples: [example] } : options
}

/** The same properties, each of which may be left out. */
export const allOptional = <P extends TProperties>(properties: P) =>
  Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, Type.Optional(schema)])) as {
    [K in keyof P]: ReturnType<typeof Type.Optional<P[K]>>
  }
