/** `sample-data`: a believable funnel to try things on. */
import type { Config } from '../config.ts'
import type { Ctx } from '../ctx.ts'
import type { Db } from '../db/client.ts'
import { ensureInstallation } from '../features/admin/installation-service.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { createWorkHints } from '../queue/work-hints.ts'
import type { Command } from './command.ts'
import { showProgress } from './progress.ts'
import { writeSample } from './sample/write-sample.ts'
import { readArguments, readWhole } from './usage.ts'
import { withDatabase } from './with-database.ts'

const DETAILS = `  --leads N     how many people (default: 1000)
  --days D      over how many days until now (default: 30)
  --seed TEXT   the same seed and numbers give the same people (default: leadwell)

People, companies and numbers are made up: addresses end in .test or example.org, telephone numbers are those that
regulators keep for fiction, so nobody can ever be reached. The same seed a second time adds nothing. Everything goes
through forms and the pipeline as real submissions do; best run while the service is stopped, or its worker takes a part
of them and dates it today.`

export const sampleData: Command = {
  name: 'sample-data',
  usage: 'sample-data [--leads N] [--days D]',
  summary: 'Fill the workspace with made-up leads of the last weeks.',
  details: DETAILS,
  run: async (args, load) => {
    const { values } = readArguments(args, {
      leads: { type: 'string', default: '1000' },
      days: { type: 'string', default: '30' },
      seed: { type: 'string', default: 'leadwell' },
    })
    const leads = readWhole('leads', values.leads, 1, 1_000_000)
    const days = readWhole('days', values.days, 1, 3_650)
    const config = load()
    await withDatabase(config, async (db) => {
      const { installation } = await ensureInstallation(db, new Date())
      const began = performance.now()
      let progress: ReturnType<typeof showProgress> | undefined
      const size = { leads, days, seed: values.seed }
      const result = await writeSample(
        ctxOf(db, config, installation.secret),
        installation.default_workspace_id,
        size,
        (done, total) => {
          progress ??= showProgress('submissions', total)
          progress.show(done)
        },
      )
      progress?.end()
      const seconds = (performance.now() - began) / 1000
      const added = result.submissions - result.repeated
      console.log(`${added} submissions of ${leads} people over ${days} days, in ${seconds.toFixed(1)} s.`)
      if (result.repeated > 0) console.log(`${result.repeated} were there already: another --seed makes other people.`)
    })
  },
}

/** What the pipeline needs, without a service around it. */
function ctxOf(db: Db, config: Config, secret: Buffer): Ctx {
  return {
    db,
    now: () => new Date(),
    log: createLog('warn'),
    config,
    metrics: createMetrics({ processMetrics: false }),
    hints: createWorkHints(),
    secret,
  }
}
