// The verdict after a fault: the ledger of the clients against what the service now shows.
import type { Ledger } from './ledger.ts'

export interface Verdict {
  /** Acknowledged submissions. */
  acked: number
  /** Acknowledged, but the submission or its lead is not there. */
  lost: string[]
  /** Stored, but nobody tried it. */
  phantom: string[]
  /** One key stored or acknowledged as two submissions, or one person stored as two leads. */
  doubled: string[]
  /** Acknowledged, but not processed within the limit: still waiting, or given up. */
  stuck: string[]
}

export interface Witness {
  url: string
  /** Secret key of the workspace. */
  key: string
  /** How long after the last fault everything may take to be processed, in milliseconds. */
  settleMs: number
}

interface Submission {
  id: string
  state: string
  fields: { message: string }
}

interface Lead {
  id: string
  email: string
}

const LOOK_MS = 100

/** Waits until nothing is in work any more, at most `settleMs`, and compares. */
export async function judge(ledger: Ledger, witness: Witness): Promise<Verdict> {
  await waitUntil(
    async () => (await readPage(witness, '/v1/form-submissions?state=received&limit=1')).data.length === 0,
    {
      limitMs: witness.settleMs,
    },
  )
  const submissions = await readAll<Submission>(witness, '/v1/form-submissions')
  const leads = await readAll<Lead>(witness, '/v1/leads')
  return compare(ledger, submissions, leads)
}

function compare(ledger: Ledger, submissions: Submission[], leads: Lead[]): Verdict {
  const acks = ledger.entries.filter((entry) => entry.outcome === 'ack')
  const triedKeys = new Set(ledger.entries.map((entry) => entry.key))
  const triedEmails = new Set(ledger.entries.map((entry) => entry.email))
  const stored = new Map(submissions.map((submission) => [submission.id, submission]))
  const people = new Set(leads.map((lead) => lead.email))
  const idsOfKey = new Map<string, Set<string>>()
  const addId = (key: string, id: string) => idsOfKey.set(key, (idsOfKey.get(key) ?? new Set()).add(id))
  for (const { key, submission_id } of acks) addId(key, String(submission_id))
  for (const { id, fields } of submissions) addId(fields.message, id)

  const stateOf = (id: string | null) => stored.get(id ?? '')?.state
  const processed = acks.filter((ack) => stateOf(ack.submission_id) === 'processed')
  return {
    acked: acks.length,
    lost: [
      ...acks.filter((ack) => stateOf(ack.submission_id) === undefined),
      ...processed.filter((ack) => !people.has(ack.email)),
    ].map((ack) => ack.key),
    phantom: [
      ...submissions.filter(({ fields }) => !triedKeys.has(fields.message)).map(({ id }) => id),
      ...leads.filter(({ email }) => !triedEmails.has(email)).map(({ id }) => id),
    ],
    doubled: [
      ...[...idsOfKey].filter(([, ids]) => ids.size > 1).map(([key]) => key),
      ...[...countBy(leads.map(({ email }) => email))].filter(([, count]) => count > 1).map(([email]) => email),
    ],
    stuck: acks.filter((ack) => !['processed', undefined].includes(stateOf(ack.submission_id))).map((ack) => ack.key),
  }
}

function countBy(values: string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** Waits for a condition; false when it did not come in time. A look that fails counts as "not yet". */
export async function waitUntil(
  condition: () => Promise<boolean>,
  { limitMs, lookMs = LOOK_MS }: { limitMs: number; lookMs?: number },
): Promise<boolean> {
  const deadline = Date.now() + limitMs
  for (;;) {
    if (await condition().catch(() => false)) return true
    if (Date.now() >= deadline) return false
    await new Promise((resolve) => setTimeout(resolve, lookMs))
  }
}

interface Page<Row> {
  data: Row[]
  next_cursor: string | null
}

async function readPage<Row>({ url, key }: Pick<Witness, 'url' | 'key'>, address: string): Promise<Page<Row>> {
  const response = await fetch(`${url}${address}`, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(10_000),
  })
  if (response.status !== 200) throw new Error(`${address} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Page<Row>
}

/** All rows of a list. */
export async function readAll<Row>(witness: Pick<Witness, 'url' | 'key'>, address: string): Promise<Row[]> {
  const rows: Row[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Page<Row> = await readPage(witness, `${address}?limit=200${cursor && `&cursor=${cursor}`}`)
    rows.push(...page.data)
    cursor = page.next_cursor
  }
  return rows
}
