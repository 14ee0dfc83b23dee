// What the outside world knows: every try and every acknowledgement of the load clients, on disk before it counts.
// The service never sees the ledger, so it cannot agree with a service that is wrong about itself.
import * as fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Test } from 'tap'

/** `unknown`: an error or no answer at all, so the submission may or may not be stored. */
export type Outcome = 'try' | 'ack' | 'refused' | 'unknown'

export interface Entry {
  /** The Idempotency-Key; the submission carries it as its message. */
  key: string
  email: string
  outcome: Outcome
  /** Milliseconds since 1970, when the entry was made. */
  at: number
  /** HTTP status; 0 without an answer. */
  status: number
  /** How long the answer took, in milliseconds. */
  ms: number
  /** Of an acknowledgement. */
  submission_id: string | null
}

export interface Ledger {
  readonly entries: Entry[]
  /** Resolves when the entry is on disk. */
  write(entry: Entry): Promise<void>
}

/** A ledger in a file of its own, removed when `t` ends. */
export async function openLedger(t: Test): Promise<Ledger> {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'leadwell-ledger-'))
  const file = await fs.open(path.join(dir, 'ledger.jsonl'), 'a')
  t.teardown(async () => {
    await file.close()
    await fs.rm(dir, { recursive: true })
  })
  const entries: Entry[] = []
  let unsaved: string[] = []
  let saving: Promise<void> = Promise.resolve()
  const save = async () => {
    const lines = unsaved
    unsaved = []
    if (lines.length === 0) return
    await file.appendFile(lines.join(''))
    await file.datasync()
  }
  return {
    entries,
    write: (entry) => {
      entries.push(entry)
      unsaved.push(`${JSON.stringify(entry)}\n`)
      // Entries that arrive during a write share the next one.
      saving = saving.then(save)
      return saving
    },
  }
}

/**
 * Publishes the form that the load submits: all of it comes from one network, so what speaks against a busy visitor is
 * switched off.
 */
export async function publishLoadForm({ url, key }: { url: string; key: string }): Promise<void> {
  const fields = [
    { name: 'full_name', type: 'text', maps_to: 'full_name' },
    { name: 'email', type: 'email', maps_to: 'email' },
    { name: 'message', type: 'text', maps_to: 'custom_fields.message' },
  ]
  const spam = { weights: { network_rate: 0, form_rate: 0, repeated_text: 0 } }
  const response = await fetch(`${url}/v1/forms/${FORM}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'Load', fields, spam }),
  })
  if (response.status !== 201) throw new Error(`the form was not made: ${await response.text()}`)
}

export interface Load {
  /** Ends the load: what is under way is retried until it is answered. */
  stop(): Promise<void>
}

export interface LoadOptions {
  /** Base address of the service, or of a proxy before it. */
  url: string
  ledger: Ledger
  clients: number
  /** Tells the submissions of this load from those of another in the same ledger. */
  name?: string
}

const FORM = 'load'
/** Longer than any promise, so that a broken one is seen and not cut off. */
const ANSWER_LIMIT_MS = 10_000
/** As a patient client would; a shorter one costs a starting service the processor. */
const RETRY_PAUSE_MS = 200
/** A submission that is still not answered by then makes the test fail instead of hanging it. */
const GIVE_UP_MS = 120_000
/** Every third submission is by one of so many people, so that batches meet on the same leads. */
const REGULARS = 20

/** Starts clients that submit the form one after another, each retried with its key until 2xx or 4xx. */
export function startLoad({ url, ledger, clients, name = 'load' }: LoadOptions): Load {
  let stopping = false
  const client = async (index: number) => {
    for (let n = 0; !stopping; n++) {
      const key = `${name}-${index}-${n}`
      const person = n % 3 === 0 ? `regular-${(n + index) % REGULARS}` : key
      await submit(url, ledger, key, `${person}@example.org`)
    }
  }
  const all = Promise.all(Array.from({ length: clients }, (_, index) => client(index)))
  // Reported by stop(); until then a failure must not end the test process.
  all.catch(() => undefined)
  return {
    stop: async () => {
      stopping = true
      await all
    },
  }
}

/** Submits once, however many tries it takes; returns the entry that ended it. */
export async function submit(url: string, ledger: Ledger, key: string, email: string): Promise<Entry> {
  const giveUpAt = Date.now() + GIVE_UP_MS
  while (Date.now() < giveUpAt) {
    const entry: Entry = { key, email, outcome: 'try', at: Date.now(), status: 0, ms: 0, submission_id: null }
    await ledger.write(entry)
    const began = performance.now()
    const answer = await post(url, key, { full_name: 'Ada Lovelace', email, message: key })
    const last = {
      ...entry,
      ...answer,
      at: Date.now(),
      ms: performance.now() - began,
      outcome: outcomeOf(answer.status),
    }
    await ledger.write(last)
    if (last.outcome !== 'unknown') return last
    await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS))
  }
  throw new Error(`${key} was not answered within ${GIVE_UP_MS} ms`)
}

function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return 'ack'
  return status >= 400 && status < 500 && status !== 429 ? 'refused' : 'unknown'
}

async function post(
  url: string,
  key: string,
  fields: Record<string, string>,
): Promise<{ status: number; submission_id: string | null }> {
  try {
    const response = await fetch(`${url}/v1/public/forms/${FORM}/submissions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(fields),
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    })
    const body = (await response.json()) as { submission_id?: string }
    return { status: response.status, submission_id: body.submission_id ?? null }
  } catch {
    return { status: 0, submission_id: null }
  }
}
