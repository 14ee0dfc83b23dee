/** Sla owns the promises of a response; the pipeline keeps them (pipeline/sla/). */
import type { Room } from '../../http/route.ts'
import { diffSlaPolicy } from './routes/diff-sla-policy.ts'
import { getSlaPolicy } from './routes/get-sla-policy.ts'
import { getSlaPolicyVersion } from './routes/get-sla-policy-version.ts'
import { listSlaPolicies } from './routes/list-sla-policies.ts'
import { listSlaPolicyVersions } from './routes/list-sla-policy-versions.ts'
import { publishSlaPolicy } from './routes/publish-sla-policy.ts'
import { putSlaPolicy } from './routes/put-sla-policy.ts'
import { retireSlaPolicy } from './routes/retire-sla-policy.ts'

export const sla: Room = {
  folder: 'sla',
  tag: 'Sla',
  description: 'Within which time leads are accepted, touched and judged, and what happens when they are not.',
  routes: [
    listSlaPolicies,
    getSlaPolicy,
    putSlaPolicy,
    publishSlaPolicy,
    retireSlaPolicy,
    listSlaPolicyVersions,
    getSlaPolicyVersion,
    diffSlaPolicy,
  ],
}
