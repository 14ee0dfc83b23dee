/** `doctor`: looks at everything that the service rests on, and says what to do. */
import type { Config } from '../config.ts'
import { type Db, openDatabase } from '../db/client.ts'
import { DatabaseUnavailable, type ProvidedDatabase, provideDatabase } from '../db/provide.ts'
import { RELEASE } from '../version.ts'
import type { Command } from './command.ts'
import {
  checkClock,
  checkConnections,
  checkDurability,
  checkFences,
  checkPooler,
  checkSchema,
  checkTransactions,
} from './doctor/check-database.ts'
import { checkMail } from './doctor/check-mail.ts'
import { checkDisk, checkNode, checkSettings } from './doctor/check-node.ts'
import { checkDueWork, checkQueue } from './doctor/check-work.ts'
import { attempt, describeFinding, type Finding, fail, ok } from './doctor/finding.ts'
import { EXIT, readArguments } from './usage.ts'

export const doctor: Command = {
  name: 'doctor',
  usage: 'doctor',
  summary: 'Check settings, database, clock, disk and work; say what to do.',
  details: 'Changes nothing. Exits with 1 when something must be mended, with 0 when all is well or only worth a look.',
  run: async (args, load) => {
    readArguments(args, {})
    const findings = await examine(load())
    const inColour = process.stdout.hasColors?.() ?? false
    console.log(`Leadwell ${RELEASE}\n`)
    for (const finding of findings) console.log(describeFinding(finding, inColour))
    const count = (level: string) => findings.filter((finding) => finding.level === level).length
    console.log(`\n${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} to mend.`)
    if (count('fail') > 0) process.exitCode = EXIT.failed
  },
}

/** Every check in turn. */
export async function examine(config: Config): Promise<Finding[]> {
  return [
    ...(await attempt('settings', () => checkSettings(config))),
    ...(await attempt('node', checkNode)),
    ...(await attempt('disk', () => checkDisk(config))),
    ...(await attempt('mail', () => checkMail(config))),
    ...(await examineDatabase(config)),
  ]
}

async function examineDatabase(config: Config): Promise<Finding[]> {
  let database: ProvidedDatabase
  try {
    database = await provideDatabase({ url: config.DATABASE_URL, dir: config.DATA_DIR, purpose: 'serve' })
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error
    return [fail('database', error.message, 'Nothing else can be checked until it answers.')]
  }
  const db = open(database.url())
  const jobsDb = config.JOBS_DATABASE_URL === undefined ? db : open(config.JOBS_DATABASE_URL)
  try {
    return [ok('database', database.note), ...(await examineInside(db, jobsDb, config))]
  } finally {
    await Promise.all([...new Set([db, jobsDb])].map((each) => each.close()))
    await database.stop()
  }
}

async function examineInside(db: Db, jobsDb: Db, config: Config): Promise<Finding[]> {
  const schema = await attempt('schema', () => checkSchema(db))
  const isMigrated = schema.every((finding) => finding.level === 'ok')
  const findings = [
    ...schema,
    ...(isMigrated ? await attempt('fences', () => checkFences(db)) : []),
    ...(await attempt('durability', () => checkDurability(db))),
    ...(await attempt('clock', () => checkClock(db))),
    ...(await attempt('connections', () => checkConnections(db, config))),
    ...(await attempt('pooler', () => checkPooler(db))),
    ...(await attempt('transactions', () => checkTransactions(db))),
    ...(await attempt('job queue', () => checkQueue(jobsDb))),
    ...(isMigrated ? await attempt('due work', () => checkDueWork(db)) : []),
  ]
  return findings
}

function open(connectionString: string): Db {
  return openDatabase({ connectionString, max: 2, applicationName: 'leadwell doctor', statementTimeoutMs: 10_000 })
}
