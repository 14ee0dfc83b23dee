/** What a hosted page learns from its own address: campaign, values to begin with, and where the visitor came from. */
import type { FastifyRequest } from 'fastify'
import { ATTRIBUTION_NAMES } from '../../../domain/attribution.ts'
import type { FormDefinition } from '../../../domain/form.ts'

/** Longest value that an address may fill in. */
const LONGEST = 2000

/**
 * Values of the form before anybody has typed: fields by their names (links may fill in what is known), campaign
 * parameters, and the circumstances that the submission reports. `base` is the address of the service.
 */
export function valuesOfVisit(request: FastifyRequest, form: FormDefinition, base: string): Record<string, unknown> {
  const query = request.query as Record<string, unknown>
  const names = [...ATTRIBUTION_NAMES, '_visitor_id', '_redirect', ...fieldNames(form)]
  const taken = names.flatMap((name) => {
    const value = query[name]
    return isFilling(value) ? [[name, value]] : []
  })
  const address = (base + request.url).slice(0, LONGEST)
  return {
    ...Object.fromEntries(taken),
    _page_url: address,
    _landing_page: typeof query['_landing_page'] === 'string' ? query['_landing_page'].slice(0, LONGEST) : address,
    _referrer: (request.headers.referer ?? '').slice(0, LONGEST),
  }
}

const fieldNames = (form: FormDefinition) => form.fields.filter(({ type }) => type !== 'file').map(({ name }) => name)

const isFilling = (value: unknown): boolean =>
  [value].flat().every((each) => typeof each === 'string' && each.length <= LONGEST)
