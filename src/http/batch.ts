/** Batches (api.md 28): always 207, one result per item in the order of the request, each item failing alone. */
import type { FastifyRequest } from 'fastify'
import { type ApiError, type ProblemItem, validationFailed } from '../errors.ts'
import type { JsonLimits } from './body/json-limits.ts'
import { jsonLimits } from './body/json-limits.ts'
import { Problem } from './problem.ts'
import type { Answer } from './route.ts'
import { ClosedEnum, component, Int, List, Nullable, NullableRef, ref, Text } from './schema.ts'
import { itemsOf } from './validation-problem.ts'

/** Most items of a batch: what Salesforce takes at once; more is an import. */
export const BATCH_LIMIT = 200
/** 20 kB for each item. */
export const BATCH_BYTES = 4_194_304
/** A record with all its custom fields has some 200 members. */
export const BATCH_JSON: JsonLimits = { ...jsonLimits, keys: 40_000 }

export const BatchItemResult = component('BatchItemResult', 'What became of one item.', {
  index: Int(0, BATCH_LIMIT - 1, { description: 'Place of the item in the request.', examples: [0] }),
  status: Int(200, 599, { description: 'Status that the item alone would have been answered with.', examples: [201] }),
  outcome: ClosedEnum(['created', 'updated', 'unchanged', 'failed'], { description: 'What was done.' }),
  id: Nullable(
    Text(64, { description: 'Id of the record; null when it failed.', examples: ['lead_01k8r5x4q3e7vb2c9m6h0n1d5s'] }),
  ),
  error: NullableRef(Problem, 'Why it failed; pointers lead into the item.'),
})

export const BatchResult = component('BatchResult', 'One result for each item, in the order of the request.', {
  results: List(ref(BatchItemResult), BATCH_LIMIT, { description: 'Results by item.' }),
  succeeded: Int(0, BATCH_LIMIT, { description: 'Items that were done.', examples: [1] }),
  failed: Int(0, BATCH_LIMIT, { description: 'Items that failed.', examples: [0] }),
})

export type BatchItemOutcome =
  | { outcome: 'created' | 'updated' | 'unchanged'; id: string }
  | { outcome: 'failed'; problem: ApiError }

/** The answer of a batch. */
export function multiStatus(
  outcomes: BatchItemOutcome[],
  describe: (error: ApiError) => Record<string, unknown>,
): Answer {
  const results = outcomes.map((item, index) =>
    item.outcome === 'failed'
      ? { index, status: item.problem.status, outcome: item.outcome, id: null, error: describe(item.problem) }
      : { index, status: item.outcome === 'created' ? 201 : 200, outcome: item.outcome, id: item.id, error: null },
  )
  const failed = outcomes.filter(({ outcome }) => outcome === 'failed').length
  return { status: 207, body: { results, succeeded: outcomes.length - failed, failed } }
}

const IN_ITEM = /^\/items\/(\d{1,3})(\/.*)?$/

/** What the schema says about each faulty item, by its place; throws when the fault is not of an item alone. */
export function faultsOfItems(request: FastifyRequest): Map<number, ApiError> {
  const faults = new Map<number, ProblemItem[]>()
  const error = request.validationError
  if (error === undefined) return new Map()
  const items = itemsOf(error.validation, error.validationContext)
  for (const item of items) {
    const place = IN_ITEM.exec(item.pointer ?? '')
    if (place === null) throw validationFailed(items)
    const index = Number(place[1])
    faults.set(index, [...(faults.get(index) ?? []), { ...item, pointer: place[2] ?? '' }])
  }
  return new Map([...faults].map(([index, found]) => [index, validationFailed(found)]))
}
