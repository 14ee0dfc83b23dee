import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { lifecycles, ofWorkspace } from '../lifecycle-endpoints.ts'
import { lifecycleSchemas } from '../lifecycle-schemas.ts'

export const publishLifecycle = defineRoute({
  method: 'POST',
  url: '/settings/lifecycle/publish',
  operationId: 'publishLifecycle',
  summary: 'Publish the draft of the lifecycle',
  description:
    'The draft is frozen and followed from now on; every lead is judged by it (see the operation `lead_evaluation`). ' +
    'A stage that leads are in or that something published names cannot be left out: 409 `in_use`. Without a draft: 409. ' +
    '422 when a gate names what is not there.',
  access: lifecycles.acts,
  responses: { 200: { description: 'The lifecycle.', schema: ref(lifecycleSchemas.Policy) } },
  problems: [409, 412, 422],
  handle: ofWorkspace(lifecycles.publish),
})
