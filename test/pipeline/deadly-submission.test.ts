import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import { claimSubmissions } from '../../src/pipeline/submission-queries.ts'
import { rowsOf } from '../helpers/rows.ts'
import { type TestService, testService } from '../helpers/service.ts'

const FORM = '/v1/public/forms/demo/submissions'

async function submit({ call }: TestService, name: string): Promise<string> {
  const answer = await call('POST', FORM, { full_name: name, email: `${name}@example.org`, message: name })
  return answer.json().submission_id
}

/** As a process leaves its submissions behind that was killed in the middle of so many attempts. */
async function leaveBehind({ ctx, workspaceId }: TestService, name: string, attempt: number): Promise<void> {
  await withWorkspace(ctx.db, workspaceId, (tx) =>
    tx.query(
      {
        name: 'leave_behind',
        text: `UPDATE form_submissions SET attempt = $3, lease_until = now() - interval '1 second'
          WHERE workspace_id = $1 AND payload->>'message' = $2`,
      },
      [workspaceId, name, attempt],
    ),
  )
}

t.test('a submission that outlived two processes is claimed last and alone', async (t) => {
  const service = await testService(t)
  for (const name of ['suspect', 'other', 'fresh', 'late']) await submit(service, name)
  await leaveBehind(service, 'suspect', 2)
  await leaveBehind(service, 'other', 3)
  const claimNext = () =>
    withWorkspace(service.ctx.db, service.workspaceId, async (tx) =>
      (await claimSubmissions(tx, 10, 30)).map(({ payload }) => payload['message']),
    )
  t.strictSame(await claimNext(), ['fresh', 'late'])
  t.strictSame(await claimNext(), ['suspect'])
  t.strictSame(await claimNext(), ['other'])
  t.strictSame(await claimNext(), [])
})

t.test('a submission that ends its process each time is parked with its reason, and can be replayed', async (t) => {
  const service = await testService(t)
  const { call, drain } = service
  const id = await submit(service, 'deadly')
  await submit(service, 'harmless')
  await leaveBehind(service, 'deadly', 8)
  await drain()
  t.match((await call('GET', `/v1/form-submissions/${id}`)).json(), { state: 'failed', reasons: ['process_died'] })
  t.equal((await rowsOf(service, 'form_submissions', `state = 'processed'`)).length, 1, 'the other one is done')
  t.match((await call('GET', '/v1/changes?types=form_submission.failed')).json().data, [{ object_id: id }])
  t.equal((await call('POST', `/v1/form-submissions/${id}/reprocess`)).statusCode < 300, true)
  await drain()
  t.match((await call('GET', `/v1/form-submissions/${id}`)).json(), { state: 'processed', outcome: 'created' })
})
