import { okWithEtag } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { toTeamSettings } from '../team-input.ts'
import { TeamSettings } from '../team-schemas.ts'
import { readTeamSettings } from '../team-service.ts'

export const getTeamSettings = defineRoute({
  method: 'GET',
  url: '/settings/teams',
  operationId: 'getTeamSettings',
  summary: 'Read teams, pools and territories',
  description: 'The whole document of who belongs together, who shares leads, where, and when nobody works.',
  access: {
    auth: 'secret',
    scope: 'settings:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  responses: { 200: { description: 'The document.', schema: ref(TeamSettings) } },
  handle: async (ctx, { caller }) => okWithEtag(toTeamSettings(await readTeamSettings(ctx, caller.workspaceId))),
})
