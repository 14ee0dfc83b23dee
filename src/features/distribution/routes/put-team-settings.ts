import { okWithEtag } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { toTeamSettings } from '../team-input.ts'
import { TeamSettings, TeamSettingsUpdate } from '../team-schemas.ts'
import { saveTeams } from '../team-service.ts'

export const putTeamSettings = defineRoute({
  method: 'PUT',
  url: '/settings/teams',
  operationId: 'putTeamSettings',
  summary: 'Replace teams, pools and territories',
  description:
    'Replaces the whole document; needs `If-Match`. It holds from the answer on. Users that are not there, and segments, stages and the like in a ' +
    'condition, are refused with 422, ' +
    'territories and holidays that users or rules still name with 409. Every version is kept, so that past decisions stay explained.',
  access: {
    auth: 'secret',
    scope: 'settings:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  body: ref(TeamSettingsUpdate),
  responses: { 200: { description: 'The document as it is now.', schema: ref(TeamSettings) } },
  problems: [409, 412, 422, 428],
  handle: async (ctx, { caller, body, request }) => {
    return okWithEtag(toTeamSettings(await saveTeams(ctx, caller, body, expectedVersion(request))))
  },
})
