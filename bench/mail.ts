/** Mail: how many are rendered, frozen and handed over each second, to a server that takes everything. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { cpuOf, cpuOfFamily, cpuOfMachine, memoryOf } from './cpu.ts'
import { seedLeads } from './seed.ts'
import { openStage, printTable, type Stage } from './stage.ts'

const MAILS = Number(process.env['BENCH_MAILS'] ?? 20_000)

const TEMPLATE = {
  name: 'Offer',
  texts: [
    {
      locale: 'en',
      subject: 'An offer for {{ lead.company_name }}',
      preheader: 'Only this week',
      html: '<h1>Hello {{ lead.first_name | default: "there" }}</h1>{% for i in (1..5) %}<p>Paragraph {{ i }} for {{ lead.job_title }} at {{ lead.company_name }} in {{ lead.city }}.</p>{% endfor %}<p><a href="https://shop.test/offer?utm_source=mail">See the offer</a> or <a href="https://shop.test/talk">talk to us</a>.</p>',
    },
  ],
}

/** A sink of its own process: what takes the mail is not part of what is measured. */
async function startSink(): Promise<{ port: number; pid: number; count(): Promise<number>; stop(): void }> {
  const file = path.join(path.dirname(fileURLToPath(import.meta.url)), 'mail-sink.js')
  const sink = spawn(process.execPath, [file], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const port = await new Promise<number>((resolve) => sink.once('message', (message) => resolve(Number(message))))
  const count = () =>
    new Promise<number>((resolve) => {
      sink.once('message', (message) => resolve(Number(message)))
      sink.send('count')
    })
  return { port, pid: sink.pid ?? 0, count, stop: () => sink.kill('SIGTERM') }
}

async function plan(stage: Stage): Promise<void> {
  const ws = stage.workspaceId
  await stage.db.query(
    `INSERT INTO consents (workspace_id, id, lead_id, purpose, channel, action, occurred_at, recorded_at, method, actor, evidence)
     SELECT $1, gen_random_uuid(), id, 'marketing', 'email', 'granted', now(), now(), 'api', 'bench', '{}' FROM leads WHERE workspace_id = $1`,
    [ws],
  )
  const tally = JSON.stringify({ opens: 0, clicks: 0, machine_opens: 0, machine_clicks: 0 })
  await stage.db.query(
    `INSERT INTO messages (workspace_id, id, dedupe_key, kind, purpose, lead_id, to_email, to_name, address_key, template_key, data, state, due_at, attempt,
       failures, hand_overs, tally, actor, created_at, updated_at)
     SELECT $1, gen_random_uuid(), 'bench:' || id, 'marketing', 'marketing', id, email, full_name, email, 'offer', '{}', 'planned', now(), 0, 0, 0, $2, 'bench', now(), now()
     FROM leads WHERE workspace_id = $1 LIMIT $3`,
    [ws, tally, MAILS],
  )
  await stage.db.query('VACUUM ANALYZE consents, messages')
}

/** Asks the sink first: counting the rows that are left would cost PostgreSQL a fifth of what is measured. */
async function untilSent(stage: Stage, taken: () => Promise<number>): Promise<void> {
  while ((await taken()) < MAILS) await sleep(100)
  for (;;) {
    const [row] = await stage.db.query<{ left: number }>(
      `SELECT count(*)::int AS left FROM messages WHERE workspace_id = $1 AND state IN ('planned', 'claimed', 'handed')`,
      [stage.workspaceId],
    )
    if (row?.left === 0) return
    await sleep(100)
  }
}

/** Measures once; `BENCH_MAILS` says how many. */
export async function benchMail(): Promise<void> {
  const sink = await startSink()
  const stage = await openStage(['serve'], {
    SMTP_URL: `smtp://127.0.0.1:${sink.port}?security=none`,
    MAIL_FROM: 'news@engines.test',
    // A relay beside us takes more at once than a foreign server likes; mails that stand at the border share commits.
    SMTP_CONNECTIONS: '50',
    MAIL_DOMAIN_CONNECTIONS: '50',
  })
  try {
    await fetch(`http://127.0.0.1:${stage.port}/v1/templates/offer`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${stage.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(TEMPLATE),
    })
    await seedLeads(stage, 0, MAILS)
    const pid = stage.service.pid ?? 0
    // The service stands still while the mails are planned.
    stage.service.kill('SIGSTOP')
    await plan(stage)
    const before = { node: cpuOf(pid), pg: cpuOfFamily(stage.pg.pid), sink: cpuOf(sink.pid), all: cpuOfMachine() }
    const began = performance.now()
    stage.service.kill('SIGCONT')
    await untilSent(stage, sink.count)
    const seconds = (performance.now() - began) / 1000
    const node = cpuOf(pid) - before.node
    const pg = cpuOfFamily(stage.pg.pid) - before.pg
    const taken = cpuOf(sink.pid) - before.sink
    const other = (cpuOfMachine() - before.all - node - pg - taken) / 1e6 / seconds
    const states = await stage.db.query<{ state: string; count: number }>(
      'SELECT state, count(*)::int AS count FROM messages WHERE workspace_id = $1 GROUP BY state',
      [stage.workspaceId],
    )
    console.log(`Mail: ${MAILS} planned, ${await sink.count()} received, states ${JSON.stringify(states)}`)
    printTable(
      'Mail by SMTP to a local server',
      ['', 'mails/s', 'node us', 'PostgreSQL us', 'sink us', 'other cores', 'memory MB'],
      [['mail', MAILS / seconds, node / MAILS, pg / MAILS, taken / MAILS, Math.max(0, other), memoryOf(pid)]],
    )
  } finally {
    await stage.close()
    sink.stop()
  }
}
