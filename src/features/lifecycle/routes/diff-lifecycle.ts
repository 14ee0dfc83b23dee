import { defineRoute } from '../../../http/route.ts'
import { query, ref } from '../../../http/schema.ts'
import { DiffParameters, PolicyDiff } from '../../../policies/endpoints/policy-schemas.ts'
import { lifecycles, ofWorkspace } from '../lifecycle-endpoints.ts'

export const diffLifecycle = defineRoute({
  method: 'GET',
  url: '/settings/lifecycle/diff',
  operationId: 'diffLifecycle',
  summary: 'Compare versions of the lifecycle',
  description:
    'What differs between two versions, place by place; between the published version and the draft when nothing is said.',
  access: lifecycles.reads,
  query: query(DiffParameters),
  responses: { 200: { description: 'The differences.', schema: ref(PolicyDiff) } },
  problems: [404],
  handle: ofWorkspace(lifecycles.diff),
})
