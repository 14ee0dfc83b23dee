import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { lifecycles, ofWorkspace } from '../lifecycle-endpoints.ts'
import { LifecycleUpdate, lifecycleSchemas } from '../lifecycle-schemas.ts'

export const putLifecycle = defineRoute({
  method: 'PUT',
  url: '/settings/lifecycle',
  operationId: 'putLifecycle',
  summary: 'Write the draft of the lifecycle',
  description:
    'Needs `If-Match` with the ETag that you read (428 without it, 412 when it has changed). Nothing follows the draft until it is published.',
  access: lifecycles.writes,
  body: ref(LifecycleUpdate),
  responses: { 200: { description: 'The lifecycle with its draft.', schema: ref(lifecycleSchemas.Policy) } },
  problems: [412, 428],
  handle: ofWorkspace(lifecycles.put),
})
