import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { lifecycles, ofWorkspace } from '../lifecycle-endpoints.ts'
import { lifecycleSchemas } from '../lifecycle-schemas.ts'

export const getLifecycle = defineRoute({
  method: 'GET',
  url: '/settings/lifecycle',
  operationId: 'getLifecycle',
  summary: 'Read the lifecycle',
  description:
    'Stages, transitions and qualification: the published version, which is followed, and the draft. A new workspace has a built-in one.',
  access: lifecycles.reads,
  responses: { 200: { description: 'The lifecycle.', schema: ref(lifecycleSchemas.Policy) } },
  handle: ofWorkspace(lifecycles.get),
})
