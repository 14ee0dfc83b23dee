/** What must be there before the answers of the enrichment room can happen: a policy, its versions, a secret, a run. */
import { uuidv7 } from 'uuidv7'
import { withWorkspace } from '../../src/db/client.ts'
import { decodeTypeId, encodeTypeId } from '../../src/domain/type-id.ts'
import { planRuns } from '../../src/pipeline/enrich/run-queries.ts'
import { type Provoke, real, type Stage, withHeaders } from './openapi-stage.ts'
import type { Make } from './openapi-world.ts'

const POLICY = {
  providers: [
    {
      key: 'people',
      request: {
        url: 'https://api.people.test/v1?email={{lead.email}}',
        headers: [{ name: 'authorization', value: 'Bearer {{credential.people_api}}' }],
      },
      fields: [{ target: 'job_title', pointer: '/title' }],
    },
  ],
}

const save = async ({ world }: Stage) => {
  await world.call('PUT', '/v1/enrichment-credentials/people_api', { value: 'a-secret' })
  await world.call('PUT', '/v1/settings/enrichment', POLICY)
}
const publish = async (stage: Stage) => {
  await save(stage)
  await stage.world.call('POST', '/v1/settings/enrichment/publish')
}

const after =
  (prepare: (stage: Stage) => Promise<void>, headers: Record<string, string> = {}): Provoke =>
  async (stage) => {
    await prepare(stage)
    const request = withHeaders(await real(stage), headers)
    await stage.send({ ...request, path: request.path.replace(/versions\/\d+$/, 'versions/1') })
  }

const stale = { 'if-match': '"v999999"' }

const usedSecret: Provoke = async (stage) => {
  await save(stage)
  await stage.send({ ...(await real(stage)), path: '/v1/enrichment-credentials/people_api' })
}

const spareSecret: Provoke = async (stage) => {
  await stage.world.call('PUT', '/v1/enrichment-credentials/spare', { value: 'a-secret' })
  await stage.send({ ...(await real(stage)), path: '/v1/enrichment-credentials/spare' })
}

const makeRun: Make = async (call, count, { service, workspaceId }) => {
  const lead = (await call('POST', '/v1/leads', { full_name: `Enriched ${count}` })).json().id
  const lead_id = decodeTypeId('lead', lead) ?? ''
  const run = { id: uuidv7(), lead_id, actor: 'system', input_hash: '', due_at: '2030-01-01T00:00:00Z' }
  await withWorkspace(service.ctx.db, workspaceId, (tx) =>
    planRuns(tx, [{ ...run, cause: 'request', fresh: false }], new Date()),
  )
  return encodeTypeId('enrichment_run', run.id)
}

export const enrichmentMakers: Record<string, Make> = { run: makeRun }

const planRun = async ({ world }: Stage) => `/v1/enrichment-runs/${await makeRun(world.call, 0, world)}`

const readOnce = async (stage: Stage, path: string) => await stage.send({ ...(await real(stage)), path, query: {} })

const readTwice = async (stage: Stage, path: string) => {
  const first = await readOnce(stage, path)
  const again = withHeaders(await real(stage), { 'if-none-match': String(first.headers['etag']) })
  await stage.send({ ...again, path, query: {} })
}

const readAgain =
  (path: string): Provoke =>
  async (stage) => {
    await save(stage)
    await readTwice(stage, path)
  }

export const enrichmentStages: Record<string, Provoke> = {
  'getEnrichmentPolicy 200': after(save),
  'getEnrichmentPolicy 304': readAgain('/v1/settings/enrichment'),
  'getEnrichmentPolicyVersion 304': readAgain('/v1/settings/enrichment/versions/1'),
  'diffEnrichmentPolicy 304': readAgain('/v1/settings/enrichment/diff'),
  'publishEnrichmentPolicy 200': after(save),
  'publishEnrichmentPolicy 409': after(publish),
  'publishEnrichmentPolicy 412': after(save, stale),
  'retireEnrichmentPolicy 204': after(save),
  'retireEnrichmentPolicy 412': after(save, stale),
  'listEnrichmentPolicyVersions 200': after(save),
  'getEnrichmentPolicyVersion 200': after(save),
  'diffEnrichmentPolicy 200': after(save),
  'deleteEnrichmentCredential 204': spareSecret,
  'deleteEnrichmentCredential 409': usedSecret,
  'startEnrichmentRuns 202': after(publish),
  'getEnrichmentRun 200': async (stage) => readOnce(stage, await planRun(stage)),
  'getEnrichmentRun 304': async (stage) => readTwice(stage, await planRun(stage)),
}
