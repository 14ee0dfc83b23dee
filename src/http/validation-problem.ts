/** Ajv's findings -> items that name the field and the rule in plain words. */
import type { FastifySchemaValidationError } from 'fastify'
import { suggestName } from '../domain/condition/suggest-name.ts'
import type { ProblemItem } from '../errors.ts'
import { escapePointerToken } from './body/json-pointer.ts'
import { sayPattern } from './pattern-words.ts'

/** What Ajv found, with the schema that says otherwise: our validator is told to be verbose. */
interface Finding extends FastifySchemaValidationError {
  parentSchema?: { properties?: object; examples?: unknown[] }
}

interface Rule {
  code: string
  /** `noun` is what members of the checked part are called: properties of a body, else parameters. */
  say(params: Record<string, unknown>, finding: Finding, noun: 'property' | 'parameter'): string
}

const plain = (code: string): Rule => ({
  code,
  say: (_params, { message = 'is not valid' }) => `This value ${message}.`,
})

/** Enough of a name that nobody knows to find it again. */
const LONGEST_NAME = 300
/** As many names as somebody reads; beyond, the document tells. */
const MOST_NAMES = 40

/** What a name that nobody knows was probably meant as, else what there is. */
function hintOf(unknown: string, { parentSchema }: Finding): string {
  const names = Object.keys(parentSchema?.properties ?? {})
  const meant = suggestName(unknown, names)
  if (meant !== undefined) return ` Did you mean ${meant}?`
  return names.length === 0 || names.length > MOST_NAMES ? '' : ` There are: ${names.join(', ')}.`
}

/** A value that would do, behind the rule that it must keep. */
function likeOf({ parentSchema }: Finding): string {
  const example = parentSchema?.examples?.[0]
  return typeof example === 'string' && example !== '' ? `, such as ${example}` : ''
}

const count = ({ limit }: Record<string, unknown>, noun: string) => `${String(limit)} ${noun}${limit === 1 ? '' : 's'}`

const RULES: Record<string, Rule> = {
  required: {
    code: 'required',
    say: (params, _finding, noun) => `The ${noun} ${String(params['missingProperty'])} is required.`,
  },
  additionalProperties: {
    code: 'unknown_field',
    say: (params, finding, noun) => {
      const name = String(params['additionalProperty'])
      return `Unknown ${noun} ${name.slice(0, LONGEST_NAME)}.${hintOf(name, finding)}`
    },
  },
  type: { code: 'invalid_type', say: (params) => `Must be of type ${[params['type']].flat().join(' or ')}.` },
  enum: {
    code: 'invalid_value',
    say: (params) => `Must be one of: ${(params['allowedValues'] as unknown[]).join(', ')}.`,
  },
  pattern: { code: 'invalid_format', say: (params) => sayPattern(String(params['pattern'])) },
  format: {
    code: 'invalid_format',
    say: (params, finding) => `Must be a valid ${String(params['format'])}${likeOf(finding)}.`,
  },
  maxLength: { code: 'too_long', say: (params) => `Must have at most ${count(params, 'character')}.` },
  minLength: { code: 'too_short', say: (params) => `Must have at least ${count(params, 'character')}.` },
  minimum: { code: 'out_of_range', say: (params) => `Must be at least ${String(params['limit'])}.` },
  maximum: { code: 'out_of_range', say: (params) => `Must be at most ${String(params['limit'])}.` },
  maxItems: { code: 'too_many_items', say: (params) => `Must have at most ${count(params, 'item')}.` },
  minItems: { code: 'too_few_items', say: (params) => `Must have at least ${count(params, 'item')}.` },
  maxProperties: {
    code: 'too_many_properties',
    say: (params) => `Must have at most ${String(params['limit'])} properties.`,
  },
}

/** Items for the problem document; `part` is what Fastify was checking. */
export function itemsOf(errors: FastifySchemaValidationError[], part: string | undefined): ProblemItem[] {
  const noun = part === 'body' ? 'property' : 'parameter'
  return withoutPatterns(withoutUnionNoise(errors)).map((error) => {
    const rule = RULES[error.keyword] ?? plain('invalid_value')
    const params = error.params as Record<string, unknown>
    const path = placeOf(error, params)
    return {
      code: rule.code,
      detail: rule.say(params, error, noun).slice(0, 1000),
      pointer: part === 'body' ? path : null,
      parameter: part === 'body' ? null : path.slice(1, 301).replaceAll('/', '.'),
    }
  })
}

/**
 * The only union of the contract is an object or null (api.md 3). Of an object that is at fault Ajv also says that it is
 * not null, and that neither of both fits: that helps nobody.
 */
function withoutUnionNoise(errors: FastifySchemaValidationError[]): FastifySchemaValidationError[] {
  const unions = new Set(errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath))
  return errors.flatMap((error) => {
    if (!unions.has(error.instancePath)) return [error]
    const { type } = error.params as { type?: string }
    if (error.keyword === 'anyOf' || (error.keyword === 'type' && type === 'null')) return []
    return error.keyword === 'type' ? [{ ...error, params: { type: `${type} or null` } }] : [error]
  })
}

/** A word that is none of a list does not become one by having the right letters. */
function withoutPatterns(errors: FastifySchemaValidationError[]): FastifySchemaValidationError[] {
  const lists = new Set(errors.filter(({ keyword }) => keyword === 'enum').map(({ instancePath }) => instancePath))
  return errors.filter(({ keyword, instancePath }) => keyword !== 'pattern' || !lists.has(instancePath))
}

function placeOf(error: FastifySchemaValidationError, params: Record<string, unknown>): string {
  const child = params['missingProperty'] ?? params['additionalProperty']
  return typeof child === 'string'
    ? `${error.instancePath}/${escapePointerToken(child)}`.slice(0, 1000)
    : error.instancePath
}
