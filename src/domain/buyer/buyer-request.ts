// What a buyer is sent: the fields of its definition filled in for one lead.
import type { LeadFacts } from '../lead.ts'
import { encodeTypeId } from '../type-id.ts'
import type { BuyerCall, NamedTemplate } from './buyer.ts'
import { renderText, renderValue, type TemplateValues } from './template.ts'

/** What a call knows beside the lead. */
export interface CallFacts {
  offer_id: string
  secret: string | null
  /** The price that was agreed, as a decimal text in units of the currency. */
  price: string | null
  ping_reference: string | null
}

export interface BuyerRequest {
  method: 'POST'
  url: string
  headers: Record<string, string>
  body: string
  timeoutMs: number
}

/** The request of a ping or a post. */
export function buildBuyerRequest(call: BuyerCall, lead: LeadFacts, facts: CallFacts): BuyerRequest {
  const values = valuesOf(lead, facts)
  const type = call.format === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'
  const own = call.headers.map(({ name, value }) => [name.toLowerCase(), headerText(renderText(value, values))])
  return {
    method: 'POST',
    url: call.url,
    // The key tells a careful buyer that a repeated call is the same one.
    headers: {
      'content-type': type,
      accept: 'application/json',
      'idempotency-key': facts.offer_id,
      ...Object.fromEntries(own),
    },
    body: call.format === 'json' ? jsonBody(call.fields, values) : formBody(call.fields, values),
    timeoutMs: call.timeout_seconds * 1000,
  }
}

function valuesOf(lead: LeadFacts, facts: CallFacts): TemplateValues {
  const fields: Record<string, unknown> = { ...lead, ...facts, lead_id: encodeTypeId('lead', lead.id) }
  return (name) =>
    name.startsWith('custom_fields.')
      ? Object.getOwnPropertyDescriptor(lead.custom_fields, name.slice('custom_fields.'.length))?.value
      : fields[name]
}

/** Control characters would end the header; nothing beyond Latin-1 can be sent in one. */
const headerText = (text: string) => text.replace(/[^\x20-\x7e\xa0-\xff]/g, '')

function formBody(fields: NamedTemplate[], values: TemplateValues): string {
  return new URLSearchParams(
    fields.map(({ name, value }): [string, string] => [name, renderText(value, values)]),
  ).toString()
}

function jsonBody(fields: NamedTemplate[], values: TemplateValues): string {
  const body = emptyObject()
  for (const { name, value } of fields) {
    const path = name.split('.')
    const last = path.pop() ?? name
    placeOf(body, path)[last] = renderValue(value, values)
  }
  return JSON.stringify(body)
}

/** The inner object at a path, made where there is none. */
function placeOf(body: Record<string, unknown>, path: string[]): Record<string, unknown> {
  let place = body
  for (const step of path) {
    place[step] ??= emptyObject()
    // Two names that clash were refused when the buyer was saved.
    place = place[step] as Record<string, unknown>
  }
  return place
}

/** Without a prototype, so that any name is only a name. */
const emptyObject = (): Record<string, unknown> => Object.create(null)
