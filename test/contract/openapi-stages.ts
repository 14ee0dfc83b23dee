/** What needs a situation of its own before a documented status can happen: operation and status -> the way there. */
import { activityStages } from './activities-world.ts'
import { behaviourStages } from './behaviour-world.ts'
import { buyerStages } from './buyers-world.ts'
import { DISTRIBUTION_STAGES } from './distribution-stages.ts'
import { enrichmentStages } from './enrichment-world.ts'
import { LIFECYCLE_STAGES } from './lifecycle-stages.ts'
import { NURTURING_STAGES } from './nurturing-stages.ts'
import { example, type Provoke, real, type Stage, withHeaders } from './openapi-stage.ts'
import { OPERATION_STAGES } from './operations-world.ts'
import { SCORING_STAGES } from './scoring-stages.ts'
import { SEGMENT_STAGES } from './segments-world.ts'
import { SEQUENCE_STAGES } from './sequences-stages.ts'
import { slaStages } from './sla-world.ts'
import { WEBHOOK_STAGES } from './webhooks-world.ts'
import { workingStages } from './working-world.ts'

/** A browser posts a native form and shows what comes back. */
const asPage: Provoke = async (stage) => {
  const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' }
  const body = 'full_name=Ada+Lovelace&email=native%40example.org'
  await stage.send({ ...withHeaders(example(stage), headers), path: '/v1/public/forms/demo/submissions', body })
}

/** The same key comes with what another visitor typed. */
const keyOfAnother: Provoke = async (stage) => {
  const keyed = withHeaders(await real(stage), { 'idempotency-key': 'used-twice' })
  await stage.send(keyed)
  await stage.send({ ...keyed, body: JSON.stringify({ full_name: 'Bob', email: 'bob@example.org' }) })
}

const foreignOrigin: Provoke = async (stage) => {
  const { call } = stage.world
  const form = (await call('GET', '/v1/forms/demo')).json()
  const fields = form.fields.map(({ name, type }: { name: string; type: string }) => ({
    name,
    type: type.replace('select', 'text'),
  }))
  const closed = { title: form.title, fields, allowed_origins: ['https://shop.test'] }
  await call('PUT', '/v1/forms/demo', closed, { 'if-match': form.etag })
  await stage.send(withHeaders(await real(stage), { origin: 'https://elsewhere.test' }))
}

const withFile: Provoke = async (stage) => {
  const { call } = stage.world
  await call('PUT', '/v1/forms/upload', { title: 'Upload', fields: [{ name: 'brief', type: 'file' }] })
  const part = 'content-disposition: form-data; name="brief"; filename="brief.txt"\r\ncontent-type: text/plain'
  const sent = await call('POST', '/v1/public/forms/upload/submissions', `--b\r\n${part}\r\n\r\nHello\r\n--b--\r\n`, {
    'content-type': 'multipart/form-data; boundary=b',
  })
  const { submission_id } = sent.json()
  const [file] = (await call('GET', `/v1/form-submissions/${submission_id}`)).json().files
  const request = await real(stage)
  const path = request.path.replace(/sub_[^/]+/, submission_id).replace(/file_[^/]+/, file.file_id)
  await stage.send({ ...request, path })
}

const newForm: Provoke = async (stage) => stage.send({ ...(await real(stage)), path: '/v1/forms/brand-new' })

/** A draft can be tried under any key. */
const publishedNowhere: Provoke = async (stage) => {
  const body = JSON.stringify({ fields: { email: 'ada@example.org' } })
  await stage.send({ ...(await real(stage)), path: '/v1/forms/brand-new/dry-runs', body })
}

const quarantined: Provoke = async (stage) => {
  const request = await real(stage)
  await stage.world.call('POST', request.path.replace(/release$/, 'quarantine'))
  await stage.send(request)
}

const mustExist: Provoke = async (stage) => stage.send({ ...(await real(stage)), query: { create_if_missing: false } })

const LUCKY = { title: 'Lucky', fields: [{ name: 'luck', type: 'text', maps_to: 'criteria.luck' }] }

/** The lifecycle has no such criterion. */
const unknownTarget: Provoke = async (stage) => {
  const request = await real(stage)
  await stage.send({ ...request, path: '/v1/forms/brand-new', body: JSON.stringify(LUCKY) })
}

const unknownTargetOfDraft: Provoke = (stage) => withBody(stage, { fields: {}, definition: LUCKY })

const withBody = async (stage: Stage, body: object) =>
  stage.send({ ...(await real(stage)), body: JSON.stringify(body) })

/** Another record has what the request brings. */
const taken =
  (collection: string, record: object): Provoke =>
  async (stage) => {
    await stage.world.call('POST', collection, record)
    await withBody(stage, { ...record, on_duplicate: stage.place.method === 'patch' ? undefined : 'reject' })
  }

/** A second id in the same system, for what the first id of that system describes already. */
const twoIdsOfOneSystem =
  (collection: string, record: object): Provoke =>
  async (stage) => {
    const other = { system: 'hubspot', external_id: 'another' }
    await stage.world.call('POST', collection, { ...record, external_ids: [other] })
    await withBody(stage, record)
  }

const unknownAccount: Provoke = (stage) =>
  withBody(stage, { full_name: 'Ada', account_id: 'acct_7zzzzzzzzzzzzzzzzzzzzzzzzz' })

/** Maps merge key by key: two that fit make one that does not. */
const tooManyMembers: Provoke = async (stage) => {
  const request = await real(stage)
  const metadata = (letter: string) => Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${letter}${i}`, '1']))
  for (const letter of ['a', 'b']) {
    await stage.send({ ...request, body: JSON.stringify({ name: 'Engines', metadata: metadata(letter) }) })
  }
}

const expiredCursor: Provoke = async (stage) => {
  const { call, service, workspaceId } = stage.world
  for (const full_name of ['Ada', 'Bob', 'Cleo']) await call('POST', '/v1/leads', { full_name })
  const forget = { name: 'forget_old_changes', text: 'DELETE FROM changes WHERE workspace_id = $1 AND sequence < 4' }
  await service.ctx.db.query(forget, [workspaceId])
  await stage.send({ ...(await real(stage)), query: { cursor: '1' } })
}

const fieldInUse: Provoke = async (stage) => {
  const { call } = stage.world
  const lead = [{ key: 'size', type: 'text', label: 'Size' }]
  const first = await call('PUT', '/v1/settings/custom-fields', { lead, account: [] }, { 'if-match': '*' })
  await call('POST', '/v1/leads', { full_name: 'Ada', custom_fields: { size: 'large' } })
  const request = withHeaders(await real(stage), { 'if-match': String(first.headers['etag']) })
  await stage.send({ ...request, body: JSON.stringify({ lead: [], account: [] }) })
}

const lastSecretKey: Provoke = async (stage) => {
  const { key } = (await stage.world.call('GET', '/v1/me')).json()
  await stage.send({ ...(await real(stage)), path: `/v1/api-keys/${key.id}` })
}

const endedKey: Provoke = async (stage) => {
  const request = await real(stage)
  await stage.world.call('DELETE', request.path.replace(/\/rotate$/, ''))
  await stage.send(request)
}

const ada = { email: 'ada@example.org' }
const engines = { name: 'Analytical Engines Ltd', domain: 'engines.test' }

/** A stage whose status is documented no more fails the test. */
export const STAGES: Record<string, Provoke> = {
  ...buyerStages,
  ...workingStages,
  ...slaStages,
  ...OPERATION_STAGES,
  ...SCORING_STAGES,
  ...activityStages,
  ...behaviourStages,
  ...enrichmentStages,
  ...DISTRIBUTION_STAGES,
  ...SEQUENCE_STAGES,
  'submitForm 303': asPage,
  'submitForm 403': foreignOrigin,
  'submitForm 422': keyOfAnother,
  'getPublicForm 403': foreignOrigin,
  'putForm 201': newForm,
  'putForm 422': unknownTarget,
  'dryRunForm 404': publishedNowhere,
  'dryRunForm 422': unknownTargetOfDraft,
  'getSubmissionFileContent 200': withFile,
  'releaseFormSubmission 202': quarantined,
  'updateLead 409': taken('/v1/leads', ada),
  'updateLead 422': unknownAccount,
  'upsertLeadByExternalId 404': mustExist,
  'upsertLeadByExternalId 409': twoIdsOfOneSystem('/v1/leads', ada),
  'upsertLeadByExternalId 422': unknownAccount,
  'updateAccount 409': taken('/v1/accounts', engines),
  'updateAccount 422': tooManyMembers,
  'upsertAccountByExternalId 404': mustExist,
  'upsertAccountByExternalId 409': twoIdsOfOneSystem('/v1/accounts', engines),
  'upsertAccountByExternalId 422': tooManyMembers,
  'listChanges 410': expiredCursor,
  'putCustomFields 409': fieldInUse,
  'revokeApiKey 409': lastSecretKey,
  'rotateApiKey 409': endedKey,
  ...LIFECYCLE_STAGES,
  ...NURTURING_STAGES,
  ...SEGMENT_STAGES,
  ...WEBHOOK_STAGES,
}
