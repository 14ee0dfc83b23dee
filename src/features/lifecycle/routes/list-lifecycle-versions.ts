import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { lifecycles, ofWorkspace } from '../lifecycle-endpoints.ts'
import { lifecycleSchemas } from '../lifecycle-schemas.ts'

export const listLifecycleVersions = defineRoute({
  method: 'GET',
  url: '/settings/lifecycle/versions',
  operationId: 'listLifecycleVersions',
  summary: 'List the versions of the lifecycle',
  description: 'Every version that was ever published, and the draft; newest first.',
  access: lifecycles.reads,
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of versions.', schema: ref(lifecycleSchemas.VersionPage) } },
  handle: ofWorkspace(lifecycles.listVersions),
})
