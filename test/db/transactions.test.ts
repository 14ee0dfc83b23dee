/** Works that are begun together in one transaction: when one fails, none of the others writes behind the rollback. */
import t from 'tap'
import { type Tx, withWorkspace } from '../../src/db/client.ts'
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
