/**
 * Works that are begun together in one transaction: when one fails, none of the others writes behind the rollback. And a last
 * statement that travels with the commit: both are there or neither.
 */
import t from 'tap'
import { recordChange } from '../../src/changes/record-change.ts'
import { readInWorkspace, type Tx, withWorkspace } from '../../src/db/client.ts'
import { runAsPart } from '../../src/db/joined-transaction.ts'
import { testService } from '../helpers/service.ts'

const FAILING = 'SELECT 1 / 0'

/** Two works at once: one fails, the other goes on when the test says so. */
function failWithStraggler() {
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  let straggler: Promise<unknown> = Promise.resolve()
  const work = async (tx: Tx) => {
    straggler = gate.then(() => tx.query('SELECT 1'))
    straggler.catch(() => undefined)
    await Promise.all([tx.query(FAILING), straggler])
  }
  return { work, open, late: () => straggler }
}

t.test('a transaction that has failed takes no statement any more', async (t) => {
  const { ctx, workspaceId } = await testService(t)
  const { work, open, late } = failWithStraggler()
  await t.rejects(withWorkspace(ctx.db, workspaceId, work), /division by zero/)
  open()
  await t.rejects(late(), /the transaction is over/)
})

t.test('nor does one that is committed', async (t) => {
  const { ctx, workspaceId } = await testService(t)
  const tx = await withWorkspace(ctx.db, workspaceId, async (tx) => tx)
  await t.rejects(tx.query('SELECT 1'), /the transaction is over/)
})

t.test('a part that has failed takes none either, and the whole goes on', async (t) => {
  const { ctx, workspaceId } = await testService(t)
  const rows = await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const { work, open, late } = failWithStraggler()
    await t.rejects(runAsPart(tx, work), /division by zero/)
    open()
    await t.rejects(late(), /the transaction is over/)
    return await tx.query('SELECT 1 AS one')
  })
  t.same(rows, [{ one: 1 }])
})

t.test('a last statement that travels with the commit is committed, or takes everything back', async (t) => {
  const { ctx, workspaceId } = await testService(t)
  const query = (text: string) => ctx.db.query(text)
  await query('CREATE TABLE commit_probe (note text); GRANT ALL ON commit_probe TO leadwell_app')
  const insert = async (tx: Tx, note: string) => {
    await tx.query('INSERT INTO commit_probe VALUES ($1)', [note])
  }
  const write = (note: string, run: (tx: Tx) => Promise<void>) =>
    withWorkspace(ctx.db, workspaceId, async (tx) => {
      tx.beforeCommit({ run: () => run(tx), isOneStatement: true })
      await insert(tx, note)
      return 'done'
    })
  t.equal(await write('a', (tx) => insert(tx, 'a, last')), 'done')
  const fails = async (tx: Tx) => {
    await tx.query(FAILING)
  }
  await t.rejects(write('b', fails), /division by zero/)
  t.strictSame(await query('SELECT note FROM commit_probe ORDER BY 1'), [{ note: 'a' }, { note: 'a, last' }])
  t.equal(await write('c', (tx) => insert(tx, 'c, last')), 'done', 'the connection is as good as before')
})

t.test('changes of a workspace that has no counter are not lost in silence', async (t) => {
  const { ctx, workspaceId } = await testService(t)
  const query = (text: string) => ctx.db.query(text)
  await query('DELETE FROM change_counters')
  const change = { type: 'lead.updated', object_id: workspaceId, actor: 'test', origin: null, object: {} } as const
  const write = withWorkspace(ctx.db, workspaceId, async (tx) =>
    recordChange(tx, { ...change, occurred_at: new Date().toISOString(), changed_fields: [], previous: {} }),
  )
  await t.rejects(write, { code: '23502' })
})

t.test('what is sent without waiting is committed with the rest, or its own fault takes everything back', async (t) => {
  const { ctx, workspaceId } = await testService(t)
  const query = (text: string) => ctx.db.query(text)
  await query('CREATE TABLE send_probe (note text UNIQUE); GRANT ALL ON send_probe TO leadwell_app')
  const insert = { name: 'insert_probe', text: 'INSERT INTO send_probe VALUES ($1)' }
  const notes = async () => (await query('SELECT note FROM send_probe ORDER BY 1')) as unknown
  const run = <T>(work: (tx: Tx) => Promise<T>) => withWorkspace(ctx.db, workspaceId, work)

  const send = (...all: string[]) => run(async (tx) => all.forEach((note) => void tx.send(insert, [note])))
  await send('a', 'b')
  t.strictSame(await notes(), [{ note: 'a' }, { note: 'b' }])
  await t.rejects(send('c', 'a', 'd'), { code: '23505' })

  const failsFirst = run(async (tx) => {
    tx.send(insert, ['a'])
    // In another flight, so that the database only says that the transaction has failed.
    await new Promise((resolve) => setImmediate(resolve))
    await tx.query('SELECT 1')
  })
  await t.rejects(failsFirst, { code: '23505' }, 'the fault that it began with')

  const partly = run(async (tx) => {
    tx.send(insert, ['whole'])
    await t.rejects(
      runAsPart(tx, async (part) => {
        part.send(insert, ['part'])
        part.send(insert, ['a'])
      }),
      { code: '23505' },
    )
    await runAsPart(tx, async (part) => part.send(insert, ['another part']))
    return tx
  })
  const over = await partly
  t.throws(() => over.send(insert, ['late']), /the transaction is over/)
  t.strictSame(await notes(), [{ note: 'a' }, { note: 'another part' }, { note: 'b' }, { note: 'whole' }])
})

t.test('a table that changes under a running service costs at most the transaction that meets it first', async (t) => {
  const { ctx, workspaceId } = await testService(t)
  const query = (text: string) => ctx.db.query(text)
  await query('CREATE TABLE grown (a int); INSERT INTO grown VALUES (1); GRANT ALL ON grown TO leadwell_app')
  const all = { name: 'list_grown', text: 'SELECT * FROM grown' }
  const reads = () => Promise.all(Array.from({ length: 6 }, () => readInWorkspace(ctx.db, workspaceId, all, [])))
  const expected = (row: object) => Array.from({ length: 6 }, () => [row])
  t.strictSame(await reads(), expected({ a: 1 }))
  await query('ALTER TABLE grown ADD COLUMN b int DEFAULT 2')
  t.strictSame(await reads(), expected({ a: 1, b: 2 }), 'reads are asked again')
  await query('ALTER TABLE grown ADD COLUMN c int DEFAULT 3')
  const work = () => withWorkspace(ctx.db, workspaceId, (tx) => tx.query(all, []))
  await t.rejects(work(), { code: '0A000' }, 'what decides on the way is not run twice')
  t.strictSame(await work(), [{ a: 1, b: 2, c: 3 }])
  t.strictSame(await reads(), expected({ a: 1, b: 2, c: 3 }))
})

t.test('a caller who meets it first is told to come again, and is served then', async (t) => {
  const { ctx, call } = await testService(t)
  const made = await call('POST', '/v1/leads', { email: 'first@grown.test' })
  const edit = (title: string) =>
    call(
      'PATCH',
      `/v1/leads/${made.json().id}`,
      { job_title: title },
      {
        headers: { 'content-type': 'application/merge-patch+json' },
      },
    )
  t.equal((await edit('CTO')).statusCode, 200)
  await ctx.db.query('ALTER TABLE leads ADD COLUMN of_a_newer_version text')
  const refused = await edit('CEO')
  t.match({ status: refused.statusCode, after: refused.headers['retry-after'] }, { status: 503, after: '2' })
  t.equal((await edit('CEO')).json().job_title, 'CEO')
})
