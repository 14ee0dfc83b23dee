import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import { decodeTypeId } from '../../src/domain/type-id.ts'
import { changeLead, keepReceipt, setFamily, tellChange, wakeAt } from '../../src/pipeline/judge/judge-desk.ts'
import { judgeLeads } from '../../src/pipeline/judge/judge-leads.ts'
import type { Stage } from '../../src/pipeline/judge/stage.ts'
import { markWork } from '../../src/pipeline/mark-work.ts'
import { waitForLock } from '../helpers/locks.ts'
import { type TestService, testService } from '../helpers/service.ts'

interface Work {
  lead_id: string
  due_at: string | null
  reasons: string[]
  attempt: number
}

const workOf = (service: TestService) =>
  withWorkspace(service.ctx.db, service.workspaceId, (tx) =>
    tx.query<Work>('SELECT lead_id, due_at, reasons, attempt FROM lead_work WHERE workspace_id = $1 ORDER BY lead_id', [
      tx.workspaceId,
    ]),
  )

const newLead = async (service: TestService, fields: object) => {
  const { id } = (await service.call('POST', '/v1/leads', fields)).json()
  return { id: id as string, uuid: decodeTypeId('lead', id) ?? '' }
}

const run = (service: TestService, stages: Stage[]) => judgeLeads(service.ctx, stages, service.workspaceId)

/** A stage that notes whom it was asked about. */
const noting = (seen: string[]): Stage => ({
  name: 'note',
  load: async () => ({ decide: ({ id }) => seen.push(id), write: async () => {} }),
})

t.test('a lead that comes in or changes is judged once for it', async (t) => {
  const service = await testService(t)
  const seen: string[] = []
  const lead = await newLead(service, { full_name: 'Ada Lovelace' })
  t.equal(await run(service, [noting(seen)]), 1)
  t.same(seen, [lead.uuid])
  t.same(await workOf(service), [], 'nothing is left to do')
  t.equal(await run(service, [noting(seen)]), 0)
  await service.call('PATCH', `/v1/leads/${lead.id}`, { city: 'London' })
  await service.call('PATCH', `/v1/leads/${lead.id}`, { city: 'London' })
  t.equal(await run(service, [noting(seen)]), 1)
  await service.call('POST', '/v1/public/forms/demo/submissions', { full_name: 'Bob', email: 'bob@example.org' })
  await service.drain()
  const soon = new Date(Date.now() + 60_000).toISOString()
  const due = (await workOf(service)).filter((row) => String(row['due_at']) < soon)
  t.same(due, [], 'a form is work too, and done; what time alone will turn is looked at later')
})

t.test('a verdict, its receipt and its change are written together', async (t) => {
  const service = await testService(t)
  const lead = await newLead(service, { full_name: 'Ada Lovelace', country: 'GB' })
  const before = (await service.call('GET', `/v1/leads/${lead.id}`)).json()
  const stage: Stage = {
    name: 'promote',
    load: async (_tx, desk) => ({
      decide: (judged) => {
        setFamily(judged, 'score', { total: 7 })
        const previous = changeLead(desk, judged, { stage_key: 'mql' })
        if (previous === null) return
        keepReceipt(desk, judged, { kind: 'stage', policy: 'lifecycle:default@1', inputs: {}, outcome: { to: 'mql' } })
        tellChange(desk, judged, 'lead.stage_changed', previous)
      },
      write: async () => {},
    }),
  }
  await run(service, [stage])
  const after = (await service.call('GET', `/v1/leads/${lead.id}`)).json()
  t.match(after, { stage_key: 'mql', country: 'GB' })
  t.not(after.etag, before.etag)
  t.same(await workOf(service), [], 'the judge does not mark its own work')
  const [decision] = (await service.call('GET', `/v1/leads/${lead.id}/decisions`)).json().data
  t.match(decision, { kind: 'stage', outcome: { to: 'mql' } })
  const change = (await service.call('GET', '/v1/changes?types=lead.stage_changed')).json().data[0]
  t.match(change, { actor: 'system', data: { lead: { stage_key: 'mql' }, previous: { stage_key: 'lead' } } })
})

t.test('a lead wakes up by itself at the earliest moment that a stage asks for', async (t) => {
  const service = await testService(t)
  const seen: string[] = []
  const lead = await newLead(service, { full_name: 'Ada Lovelace' })
  const soon = new Date(Date.now() + 3_600_000)
  const later = new Date(Date.now() + 7_200_000)
  const sleeper = (at: Date): Stage => ({
    name: 'sleep',
    load: async () => ({ decide: (judged) => wakeAt(judged, at), write: async () => {} }),
  })
  await run(service, [sleeper(later), sleeper(soon)])
  t.match(await workOf(service), [{ lead_id: lead.uuid, due_at: soon.toISOString(), reasons: ['time'] }])
  t.equal(await run(service, [noting(seen)]), 0, 'not yet')
  service.setNow(soon)
  t.equal(await run(service, [noting(seen)]), 1)
  t.same(await workOf(service), [])
})

t.test('two workers at once judge every lead exactly once', async (t) => {
  const service = await testService(t)
  const items = Array.from({ length: 200 }, (_, i) => ({ email: `p${i}@example.org` }))
  for (let i = 0; i < 3; i++) {
    const sent = items.map(({ email }) => ({ email: `${i}${email}` }))
    t.equal((await service.call('POST', '/v1/leads/batch/upsert', { items: sent })).statusCode, 207)
  }
  const seen: string[] = []
  await Promise.all([run(service, [noting(seen)]), run(service, [noting(seen)]), run(service, [noting(seen)])])
  while ((await workOf(service)).length > 0) await run(service, [noting(seen)])
  t.equal(seen.length, 600)
  t.equal(new Set(seen).size, 600)
})

t.test('a mark that is made while the lead is judged is not lost', async (t) => {
  const service = await testService(t)
  const lead = await newLead(service, { full_name: 'Ada Lovelace' })
  const seen: string[] = []
  let marked: Promise<void> | undefined
  const slow: Stage = {
    name: 'slow',
    load: async () => {
      // Waits for the row that the judge holds, and is committed after it; the same run may find that mark already.
      if (marked === undefined) {
        marked = withWorkspace(service.ctx.db, service.workspaceId, (tx) => markWork(tx, [lead.uuid], 'event'))
        await waitForLock(service)
      }
      return { decide: ({ id }) => seen.push(id), write: async () => {} }
    },
  }
  await Promise.all([run(service, [slow]).then(() => marked)])
  await run(service, [noting(seen)])
  t.equal(seen.length, 2)
})

t.test('a lead that cannot be judged holds up nobody, is tried again, and is parked in the end', async (t) => {
  const service = await testService(t)
  const [bad, good] = [await newLead(service, { full_name: 'Bad' }), await newLead(service, { full_name: 'Good' })]
  const seen: string[] = []
  const poison: Stage = {
    name: 'poison',
    load: async () => ({
      decide: ({ id }) => {
        if (id === bad.uuid) throw new Error('cannot')
        seen.push(id)
      },
      write: async () => {},
    }),
  }
  await run(service, [poison])
  t.ok(seen.includes(good.uuid))
  t.match(await workOf(service), [{ lead_id: bad.uuid, attempt: 1 }])
  for (let i = 2; i <= 8; i++) {
    service.setNow(new Date(Date.now() + i * 3_600_000))
    await run(service, [poison])
  }
  t.match(await workOf(service), [{ lead_id: bad.uuid, attempt: 8, due_at: null }], 'parked')
  t.equal(await run(service, [poison]), 0)
  await service.call('PATCH', `/v1/leads/${bad.id}`, { city: 'London' })
  t.equal(await run(service, [noting(seen)]), 1, 'something new about it is a new try')
  t.same(await workOf(service), [])
})
