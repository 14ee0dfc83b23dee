/** What an endpoint may be: every fault of a request at once, each with its place. */
import { typesMeant } from '../../changes/type-pattern.ts'
import { refuseWebhookUrl, type WebhookRefusal } from '../../connectors/webhook-client.ts'
import type { Ctx } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import { leadFieldCatalogue } from '../../domain/condition/field-catalogue.ts'
import { validateCondition } from '../../domain/condition/validate-condition.ts'
import { toConditionFields } from '../../domain/custom-field.ts'
import { ApiError, type ProblemItem, validationFailed } from '../../errors.ts'
import { makePointer } from '../../http/body/json-pointer.ts'
import { findWritePolicy } from '../../pipeline/custom-fields.ts'
import { requireKnownKeys } from '../../pipeline/names/find-missing-keys.ts'
import { followPolicies } from '../../policies/published-policies.ts'
import { MAX_HEADERS } from './endpoint-schemas.ts'

/** The parts of a request that need a look beyond their schema. */
export interface GivenEndpoint {
  url?: string
  types?: string[]
  condition?: unknown
  headers?: Record<string, string>
}

/** 409: a disabled endpoint is sent nothing. */
export function disabledEndpoint(): ApiError {
  return new ApiError('conflict', 'This endpoint is disabled; enable it first: PATCH `state`.')
}

const URL_FAULTS: Record<WebhookRefusal, string> = {
  invalid_url: 'Must be a complete URL of at most 2048 characters.',
  scheme_refused: 'Must begin with https://.',
  https_required: 'Must begin with https://.',
  credentials_refused: 'Must not hold a user name or password; use headers.',
  port_refused: 'This port may not be called.',
  address_refused: 'This address may not be called: it is not public.',
}

/** Throws 400 that names each fault. */
export async function requireSoundEndpoint(ctx: Ctx, workspaceId: string, given: GivenEndpoint): Promise<void> {
  const faults = [...urlFaults(ctx, given.url), ...typeFaults(given.types ?? []), ...headerFaults(given.headers ?? {})]
  if (faults.length > 0) throw validationFailed(faults)
  if (given.condition !== undefined && given.condition !== null) {
    await requireCondition(ctx, workspaceId, given.condition)
  }
}

function urlFaults({ config }: Ctx, url: string | undefined): ProblemItem[] {
  const reason = url === undefined ? null : refuseWebhookUrl(config, url)
  return reason === null ? [] : [{ code: reason, detail: URL_FAULTS[reason], pointer: '/url', parameter: null }]
}

function typeFaults(types: string[]): ProblemItem[] {
  return types.flatMap((pattern, i) =>
    typesMeant(pattern).length > 0
      ? []
      : [
          {
            code: 'unknown_type',
            detail: `No change is of type ${pattern}.`,
            pointer: `/types/${i}`,
            parameter: null,
          },
        ],
  )
}

/** Names of the protocol: they belong to the message, the connection or the signature. */
const RESERVED =
  /^(webhook-.*|host|content-.*|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|user-agent|accept|accept-encoding|proxy-.*)$/i

function headerFaults(headers: Record<string, string>): ProblemItem[] {
  const names = Object.keys(headers)
  const fault = (name: string, code: string, detail: string) => ({
    code,
    detail,
    pointer: makePointer(['headers', name]),
    parameter: null,
  })
  const faults = names.flatMap((name, i) => {
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name))
      return [fault(name, 'invalid_format', 'No name of a header.')]
    if (RESERVED.test(name)) return [fault(name, 'reserved', 'This header belongs to the protocol.')]
    if (names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < i)
      return [fault(name, 'duplicate', 'The same header in another spelling.')]
    // What Node would refuse when it is sent, and bytes that receivers read differently.
    if (!/^[\t\x20-\x7e]*$/.test(headers[name] ?? ''))
      return [fault(name, 'invalid_format', 'Must be visible ASCII on one line.')]
    return []
  })
  return faults.slice(0, MAX_HEADERS)
}

/** A condition is judged against the lead in the change alone, so it can name its own fields and no other family. */
async function requireCondition(ctx: Ctx, workspaceId: string, condition: unknown): Promise<void> {
  const { customFields } = await findWritePolicy(ctx.db, workspaceId)
  const verdict = validateCondition(condition, leadFieldCatalogue(toConditionFields(customFields.lead)), '/condition')
  if (verdict.ok) return
  const items = verdict.faults.map((fault) => ({ ...fault, parameter: null }))
  throw new ApiError('invalid_filter', items.length === 1 ? (items[0]?.detail ?? '') : `${items.length} faults.`, {
    items,
  })
}

/** 422 for a stage, a seller or a company that is not there; none goes before the caller's commit. */
export async function requireKnownNames(tx: Tx, condition: unknown): Promise<void> {
  if (condition === undefined || condition === null) return
  await followPolicies(tx)
  await requireKnownKeys(tx, condition, '/condition')
}
