/**
 * Liquid as templates may use it: own properties only, no tag that reaches another file, and in HTML every output is
 * escaped (the `raw` filter is not there). Runs in the render worker only: what an author writes never holds up requests.
 */
import { Liquid, type Template } from 'liquidjs'
import { LRUCache } from 'lru-cache'

/** Longest source of one part; a mail over 100 kB is clipped by large providers anyway. */
const PARSE_LIMIT = 300_000
/** Soft limit inside the hard ones of the thread: it ends most runaways with a sentence instead of a kill. */
const MEMORY_LIMIT = 8_000_000

function makeEngine(isHtml: boolean): Liquid {
  const engine = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    templates: {},
    parseLimit: PARSE_LIMIT,
    memoryLimit: MEMORY_LIMIT,
    ...(isHtml && { outputEscape: 'escape' as const }),
  })
  for (const tag of ['include', 'render', 'layout', 'block']) delete engine.tags[tag]
  delete engine.filters['raw']
  return engine
}

const ENGINES = { html: makeEngine(true), text: makeEngine(false) }
export type Flavour = keyof typeof ENGINES

/** Parsed sources: a campaign renders the same few texts a hundred thousand times. */
const parsed = new LRUCache<string, Template[]>({ max: 100 })

function parse(flavour: Flavour, source: string): Template[] {
  const key = `${flavour} ${source}`
  const known = parsed.get(key)
  if (known !== undefined) return known
  const templates = ENGINES[flavour].parse(source)
  parsed.set(key, templates)
  return templates
}

/** The text that a source gives for a scope; throws with a sentence about the source. */
export function renderLiquid(flavour: Flavour, source: string, scope: object): string {
  if (!source.includes('{{') && !source.includes('{%')) return source
  return String(ENGINES[flavour].renderSync(parse(flavour, source), scope))
}

/** What is wrong with a source, null when it can be parsed. */
export function findSyntaxFault(source: string): string | null {
  try {
    ENGINES.text.parse(source)
    return null
  } catch (error) {
    return sentenceOf(error)
  }
}

/** First line of a failure: the rest quotes the source. */
export function sentenceOf(error: unknown): string {
  if (error instanceof RangeError) return 'It is nested too deeply.'
  return error instanceof Error ? (error.message.split('\n')[0] ?? '').slice(0, 300) : 'It cannot be read.'
}

/** Paths that a source reads from its scope, as `lead.first_name`. */
export function variablesOf(source: string): string[] {
  return ENGINES.text
    .globalVariableSegmentsSync(parse('text', source))
    .map((segments) =>
      segments.filter((segment) => typeof segment === 'string' || typeof segment === 'number').join('.'),
    )
}
