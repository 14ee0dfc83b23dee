/**
 * The condition language compiled to SQL: keeps exactly the rows for which matchesCondition is true (the meaning is in
 * domain/condition/condition-shape.ts, the agreement in a property test). Everything a user wrote is a parameter; the
 * text holds only names from the field catalogue and the caller. No now(), nothing volatile, no cast that could fail
 * on what is stored.
 */
import type { CompiledCondition, CompiledTerm, CompiledTest } from '../domain/condition/compiled-condition.ts'
import type { FieldDefinition, FieldType } from '../domain/condition/field-catalogue.ts'
import { MOMENT_PATTERN, spanOfDays } from '../domain/condition/moment.ts'

/** What a source has at hand while it writes SQL. */
export interface SqlTools {
  /** Alias of the leads in the statement around. */
  readonly alias: string
  readonly now: Date
  /** Makes a value a parameter and returns its placeholder, such as `$3`. */
  bind(value: unknown): string
}

/**
 * Writes the SQL of the terms of one kind of source, negation left out: true where the test passes, false or null where
 * not. A source of another tenant table binds the workspace id it was made with.
 */
export type TermSource = (term: CompiledTerm, tools: SqlTools) => string

/** SQL of a field's value: `column` of its own type, `jsonb` holding anything, `rows` of a list: a select of `element`. */
export interface SqlValue {
  readonly sql: string
  readonly form: 'column' | 'jsonb' | 'rows'
}

export interface ConditionSqlOptions {
  /** Number of the first free parameter, 1 or more. */
  readonly firstParameter: number
  readonly alias: string
  readonly now: Date
  /** Sources beyond the lead's columns and custom fields, by their kind. */
  readonly sources?: Readonly<Record<string, TermSource>>
}

const LEAD_SOURCES: Readonly<Record<string, TermSource>> = {
  column: valueSource(({ source }, { alias }) => ({ sql: `${alias}.${source.name}`, form: 'column' })),
  custom_field: valueSource(({ source }, { alias, bind }) => ({
    sql: `(${alias}.custom_fields -> ${bind(source.name)}::text)`,
    form: 'jsonb',
  })),
}

/**
 * A boolean expression for WHERE and the values of its parameters, in order from `firstParameter`. It is true for the
 * leads that match and false or null for the others, so the complement is `(text) is not true`, never `not (text)`.
 */
export function conditionToSql(
  condition: CompiledCondition,
  { firstParameter, alias, now, sources = {} }: ConditionSqlOptions,
): { text: string; values: unknown[] } {
  const values: unknown[] = []
  const bind = (value: unknown) => `$${firstParameter + values.push(value) - 1}`
  const all: Readonly<Record<string, TermSource>> = { ...LEAD_SOURCES, ...sources }
  const groups = condition.groups.map((terms) => {
    const predicates = terms.map((term) => termToSql(term, all, { alias, now, bind }))
    return predicates.length > 0 ? `(${predicates.join(' and ')})` : 'true'
  })
  return { text: `(${groups.join(' or ')})`, values }
}

function termToSql(term: CompiledTerm, sources: Readonly<Record<string, TermSource>>, tools: SqlTools): string {
  const source = sources[term.field.source.kind]
  if (!source) throw new Error(`No SQL source for fields of kind ${term.field.source.kind}`)
  const test = source(term, tools)
  return term.negated ? `(${test}) is not true` : test
}

/** The source of fields that have a value; `read` writes the SQL of that value. */
export function valueSource(read: (field: FieldDefinition, tools: SqlTools) => SqlValue): TermSource {
  return ({ field, test }, tools) => {
    const value = read(field, tools)
    if (field.type === 'text_list') {
      const passes = testToSql(test, 'lower(element collate "C")', 'text', tools)
      return `exists (select 1 from (${elementsOf(value)}) as elements where ${passes})`
    }
    return testToSql(test, readTyped(value, field.type), operandType(field.type, value.form), tools)
  }
}

/** A sub-select of the texts of a list, as one column `element`. */
function elementsOf({ sql, form }: SqlValue): string {
  if (form === 'rows') return sql
  if (form === 'column') return `select unnest(${sql}) as element`
  const items = `jsonb_array_elements(case jsonb_typeof(${sql}) when 'array' then ${sql} end) as item`
  return `select item #>> '{}' as element from ${items} where jsonb_typeof(item) = 'string'`
}

/** The value ready to compare: text folded, a custom value only when it is of the field's JSON type, else null. */
export function readTyped({ sql, form }: SqlValue, type: FieldType): string {
  if (form === 'column') return type === 'text' ? `lower(${sql} collate "C")` : sql
  // CASE is the one place where PostgreSQL promises not to evaluate the cast before the check.
  if (type === 'integer' || type === 'number') return `case jsonb_typeof(${sql}) when 'number' then ${sql}::numeric end`
  if (type === 'boolean') return `case jsonb_typeof(${sql}) when 'boolean' then ${sql}::boolean end`
  const text = `case jsonb_typeof(${sql}) when 'string' then ${sql} #>> '{}' end`
  // The pattern has no group that captures, so substring is the whole text or null.
  if (type === 'timestamp' || type === 'date') return `substring((${text}) collate "C" from '${MOMENT_PATTERN[type]}')`
  return `lower((${text}) collate "C")`
}

/** The SQL type that the values of a condition are cast to, so that an index on the column can serve. */
function operandType(type: FieldType, form: SqlValue['form']): string {
  if (type === 'integer') return form === 'column' ? 'bigint' : 'numeric'
  if (type === 'number') return 'numeric'
  if (type === 'boolean') return 'boolean'
  if (type === 'id') return 'uuid'
  if (form === 'column' && type === 'timestamp') return 'timestamptz'
  return form === 'column' && type === 'date' ? 'date' : 'text'
}

const SYMBOL = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

function testToSql(test: CompiledTest, value: string, type: string, { bind, now }: SqlTools): string {
  switch (test.kind) {
    case 'is_set':
      return type === 'text' ? `${value} <> ''` : `${value} is not null`
    case 'any_of':
      return `${value} = ${anyOf([...test.values].map(String), type, bind)}`
    case 'contains':
      return `strpos(${value}, ${bind(test.text)}::text) > 0`
    case 'starts_with':
      return `${value} ^@ ${bind(test.text)}::text`
    case 'text_order':
      return `(${value} ${SYMBOL[test.comparison]} ${bind(test.text)}::text and ${value} <> '')`
    case 'number_order':
      return `${value} ${SYMBOL[test.comparison]} ${bind(String(test.number))}::${type}`
    case 'between':
      return between(test, value, type, bind)
    case 'within_days':
    case 'older_than_days':
      return between(spanOfDays(test, now), value, type, bind)
    case 'did':
      throw new Error('A value has no behaviour')
  }
}

function anyOf(values: string[], type: string, bind: SqlTools['bind']): string {
  return values.length === 1 ? `${bind(values[0])}::${type}` : `any(${bind(values)}::${type}[])`
}

function between(
  { from, to }: { from: string | null; to: string | null },
  value: string,
  type: string,
  bind: SqlTools['bind'],
): string {
  const bounds: string[] = []
  if (from !== null) bounds.push(`${value} >= ${bind(from)}::${type}`)
  if (to !== null) bounds.push(`${value} < ${bind(to)}::${type}`)
  return `(${bounds.join(' and ')})`
}
