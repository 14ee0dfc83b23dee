/** Lifecycle owns the stages of leads, the policy that moves them, and the qualification behind it. */
import type { Room } from '../../http/route.ts'
import { acceptLead } from './routes/accept-lead.ts'
import { diffLifecycle } from './routes/diff-lifecycle.ts'
import { explainLead } from './routes/explain-lead.ts'
import { getLeadLifecycle } from './routes/get-lead-lifecycle.ts'
import { getLeadQualification } from './routes/get-lead-qualification.ts'
import { getLifecycle } from './routes/get-lifecycle.ts'
import { getLifecycleVersion } from './routes/get-lifecycle-version.ts'
import { listLeadStages } from './routes/list-lead-stages.ts'
import { listLifecycleVersions } from './routes/list-lifecycle-versions.ts'
import { publishLifecycle } from './routes/publish-lifecycle.ts'
import { putLifecycle } from './routes/put-lifecycle.ts'
import { recycleLead } from './routes/recycle-lead.ts'
import { rejectLead } from './routes/reject-lead.ts'
import { simulateLifecycle } from './routes/simulate-lifecycle.ts'
import { updateLeadQualification } from './routes/update-lead-qualification.ts'

export const lifecycle: Room = {
  folder: 'lifecycle',
  tag: 'Lifecycle',
  description:
    'Stages from subscriber to customer, who moves leads between them and why, and qualification with evidence.',
  routes: [
    getLifecycle,
    putLifecycle,
    publishLifecycle,
    listLifecycleVersions,
    getLifecycleVersion,
    diffLifecycle,
    simulateLifecycle,
    getLeadLifecycle,
    listLeadStages,
    acceptLead,
    rejectLead,
    recycleLead,
    getLeadQualification,
    updateLeadQualification,
    explainLead,
  ],
}
