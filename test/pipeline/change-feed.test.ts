import t from 'tap'
import { uuidv7 } from 'uuidv7'
import { recordChange } from '../../src/changes/record-change.ts'
import { withWorkspace } from '../../src/db/client.ts'
import { testService } from '../helpers/service.ts'

t.test(
  'the feed has no gaps and no late arrivals, with 16 writers that hold their transactions and fail at times',
  async (t) => {
    const { ctx, workspaceId, call } = await testService(t)
    const first = (await call('GET', '/v1/changes?cursor=latest')).json().next_cursor
    let committed = 0
    let writing = 16
    const seeded = (n: number) => ((n * 2654435761) >>> 0) / 2 ** 32
    const writer = async (w: number) => {
      for (let i = 0; i < 12; i++) {
        const pause = seeded(w * 97 + i) * 120
        const fails = seeded(w * 31 + i * 7) < 0.2
        await withWorkspace(ctx.db, workspaceId, async (tx) => {
          recordChange(tx, {
            type: 'lead.updated',
            object_id: uuidv7(),
            actor: `writer ${w}`,
            origin: null,
            occurred_at: new Date().toISOString(),
            object: { i },
            changed_fields: [],
            previous: {},
          })
          await tx.query('SELECT pg_sleep($1)', [pause / 1000])
          if (fails) throw new Error('planned failure')
        }).then(
          () => committed++,
          (error: Error) => t.equal(error.message, 'planned failure'),
        )
      }
      writing--
    }
    const seen: number[] = []
    const reader = async () => {
      let cursor = first
      for (;;) {
        const wasWriting = writing > 0
        const page = (await call('GET', `/v1/changes?cursor=${cursor}&limit=7`)).json()
        seen.push(...page.data.map((change: { sequence: number }) => change.sequence))
        cursor = page.next_cursor
        if (!wasWriting && page.data.length === 0) return
      }
    }
    await Promise.all([reader(), ...Array.from({ length: 16 }, (_, w) => writer(w))])
    const start = Number(first)
    t.equal(seen.length, committed)
    t.same(
      seen,
      Array.from({ length: committed }, (_, i) => start + i + 1),
      'each number once, in order',
    )
  },
)
