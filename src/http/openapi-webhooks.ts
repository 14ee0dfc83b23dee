/** The `webhooks` of the published document: one for every type of change, all with the envelope of the change feed. */
import { CHANGE_TYPES } from '../changes/change.ts'
import { HEADER_LENGTH, HEADER_PATTERN } from './openapi-shared.ts'
import type { Operation, Parameter } from './openapi-types.ts'

/** Tag of all webhooks. */
export const WEBHOOK_TAG = 'Webhooks'

/** `lead.stage_changed` -> `onLeadStageChanged`. */
export function webhookOperationId(type: string): string {
  return `on${type
    .split(/[._]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}`
}

/** A webhook for every type of change. */
export function webhooks(): Record<string, { post: Operation }> {
  return Object.fromEntries(Object.keys(CHANGE_TYPES).map((type) => [type, { post: webhookOf(type) }]))
}

function webhookOf(type: string): Operation {
  return {
    operationId: webhookOperationId(type),
    tags: [WEBHOOK_TAG],
    summary: `Receive ${type}`,
    description: `What your endpoint receives for a change of type \`${type}\`: the item of the change feed, signed by Standard Webhooks. Answer 2xx within 15 seconds; repeated deliveries have the same \`webhook-id\`.`,
    security: [],
    parameters: [
      header('webhook-id', 'chg_01k8r5x4q3e7vb2c9m6h0n1d5s', 'Id of the change; the same for every try.'),
      header('webhook-timestamp', '1795325280', 'Unix time of this try, in seconds.'),
      header(
        'webhook-signature',
        'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
        'Signatures, separated by spaces.',
      ),
    ],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/ChangeEvent' } } },
    },
    responses: {
      204: { description: 'Taken.' },
      410: { description: 'Send nothing more to this address.' },
    },
  }
}

function header(name: string, example: string, description: string): Parameter {
  const schema = { type: 'string', maxLength: HEADER_LENGTH, pattern: HEADER_PATTERN }
  return { in: 'header', name, required: true, description, schema, example }
}
