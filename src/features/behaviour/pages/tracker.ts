/** GET /track.js: the script that sends what visitors of a website do. */
import type { FastifyInstance } from 'fastify'
import type { Access } from '../../../http/access.ts'
import { joinScript, scriptSender } from '../../../http/browser-script.ts'

/** The text of /track.js, the same for every website: it reads its key from its own element. */
export const TRACK_SCRIPT = joinScript(
  'features/behaviour/pages/browser',
  ['consent', 'visitor', 'queue', 'page', 'clicks', 'track'],
  'startTracker(document.currentScript)',
)

const ACCESS: Access = {
  auth: 'open',
  scope: null,
  tenant_bound: false,
  idempotent: false,
  rate_class: 'unlimited',
  pii_out: false,
}

const schema = { hide: true } as object // of the collector of the published document

/** Registers the script. */
export function registerTracker(app: FastifyInstance): void {
  app.get(
    '/track.js',
    { schema, config: { access: ACCESS, operationId: 'getTrackScript' } },
    scriptSender(TRACK_SCRIPT),
  )
}
