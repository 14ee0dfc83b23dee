/** Enrichment owns whom to ask about leads, with which secrets, and the history of asking; the pipeline asks. */
import type { Room } from '../../http/route.ts'
import { deleteEnrichmentCredential } from './routes/delete-enrichment-credential.ts'
import { diffEnrichmentPolicy } from './routes/diff-enrichment-policy.ts'
import { getEnrichmentPolicy } from './routes/get-enrichment-policy.ts'
import { getEnrichmentPolicyVersion } from './routes/get-enrichment-policy-version.ts'
import { getEnrichmentRun } from './routes/get-enrichment-run.ts'
import { listEnrichmentCredentials } from './routes/list-enrichment-credentials.ts'
import { listEnrichmentPolicyVersions } from './routes/list-enrichment-policy-versions.ts'
import { listEnrichmentRuns } from './routes/list-enrichment-runs.ts'
import { publishEnrichmentPolicy } from './routes/publish-enrichment-policy.ts'
import { putEnrichmentCredential } from './routes/put-enrichment-credential.ts'
import { putEnrichmentPolicy } from './routes/put-enrichment-policy.ts'
import { retireEnrichmentPolicy } from './routes/retire-enrichment-policy.ts'
import { startEnrichmentRuns } from './routes/start-enrichment-runs.ts'

export const enrichment: Room = {
  folder: 'enrichment',
  tag: 'Enrichment',
  description: 'Whom to ask for what a lead did not tell, and what came of it.',
  routes: [
    getEnrichmentPolicy,
    putEnrichmentPolicy,
    retireEnrichmentPolicy,
    publishEnrichmentPolicy,
    listEnrichmentPolicyVersions,
    getEnrichmentPolicyVersion,
    diffEnrichmentPolicy,
    listEnrichmentCredentials,
    putEnrichmentCredential,
    deleteEnrichmentCredential,
    listEnrichmentRuns,
    startEnrichmentRuns,
    getEnrichmentRun,
  ],
}
