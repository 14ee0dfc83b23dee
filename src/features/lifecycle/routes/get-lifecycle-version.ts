import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { VersionParameter } from '../../../policies/endpoints/policy-schemas.ts'
import { lifecycles, ofWorkspace } from '../lifecycle-endpoints.ts'
import { lifecycleSchemas } from '../lifecycle-schemas.ts'

export const getLifecycleVersion = defineRoute({
  method: 'GET',
  url: '/settings/lifecycle/versions/:version',
  operationId: 'getLifecycleVersion',
  summary: 'Read a version of the lifecycle',
  description: 'A published version never changes; receipts name it.',
  access: lifecycles.reads,
  params: Type.Object({ version: VersionParameter }),
  responses: { 200: { description: 'The version.', schema: ref(lifecycleSchemas.Version) } },
  problems: [404],
  handle: ofWorkspace(lifecycles.getVersion),
})
