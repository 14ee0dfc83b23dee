/** The `webhooks` of the published document: one for every type of change, all with the envelope of the change feed. */
import { CHANGE_TYPES } from '../changes/change.ts'
import { HEADER_LENGTH, HEADER_PATTERN } from './openapi-shared.ts'
import type { Operation, Parameter } from './openapi-types.ts'

/** Tag of all webhooks. */
export const WEBHOOK_TAG = 'Changes'

/** What a receiver may say about the next try. */
const RETRY_AFTER = { 'Retry-After': { $ref: '#/components/headers/Retry-After' } }

/** `lead.stage_changed` -> `onLeadStageChanged`. */
export function webhookOperationId(type: string): string {
  return `on${type
    .split(/[._]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}`
}

/** A webhook for every type of change. */
export function webhooks(): Record<string, { post: Operation }> {
  return Object.fromEntries(
    Object.entries(CHANGE_TYPES).map(([type, object]) => [type, { post: webhookOf(type, object) }]),
  )
}

function webhookOf(type: string, object: string): Operation {
  return {
    operationId: webhookOperationId(type),
    tags: [WEBHOOK_TAG],
    summary: `Receive ${type}`,
    description:
      `What your endpoint receives for a change of type \`${type}\`: the item of the change feed, signed by Standard Webhooks. ` +
      `\`data.${object}\` is the object as it was after the change. Answer 2xx within 15 seconds, anything else (redirects too) is ` +
      'tried again for three days. Every change comes at least once and in no promised order: `webhook-id` is the same at every try, ' +
      'and `sequence` (or the `version` of the object) tells which of two changes is the newer one.',
    security: [],
    parameters: [
      header('webhook-id', 'chg_01k8r5x4q3e7vb2c9m6h0n1d5s', 'Id of the change; the same for every try.'),
      header('webhook-timestamp', '1795325280', 'Unix time of this try, in seconds.'),
      header(
        'webhook-signature',
        'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
        'Signatures, separated by spaces: one, or two for a day after the secret was rotated. One that fits is enough.',
      ),
    ],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/ChangeEvent' } } },
    },
    responses: {
      204: { description: 'Taken; any other 2xx is as good.' },
      410: { description: 'Send nothing more to this address: the endpoint is disabled.' },
      429: { description: 'Too much at once: the next try waits as long as `Retry-After` says.', headers: RETRY_AFTER },
      503: { description: 'Not now: the next try waits as long as `Retry-After` says.', headers: RETRY_AFTER },
    },
  }
}

function header(name: string, example: string, description: string): Parameter {
  const schema = { type: 'string', maxLength: HEADER_LENGTH, pattern: HEADER_PATTERN }
  return { in: 'header', name, required: true, description, schema, example }
}
