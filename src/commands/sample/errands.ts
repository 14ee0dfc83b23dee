/** What sales does with sample leads some days later: takes one up and enters its company, or puts it aside. */
import type { Caller, Ctx } from '../../ctx.ts'
import { readInWorkspace, type Statement } from '../../db/client.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { createAccount } from '../../features/accounts/account-service.ts'
import { updateLead } from '../../features/leads/lead-service.ts'
import { makePerson } from './people.ts'
import type { SampleSize } from './plan.ts'
import { createRandom } from './random.ts'

/** Share of new leads that somebody looks at: each costs two transactions of its own, so it is small. */
const WORKED = 0.06
const TAKEN_UP = 0.75
const WITHIN_MS = 3 * 86_400_000

interface Errand {
  at: number
  lead_id: string
  person: number
}

/** Plans errands for new leads and runs those whose time has come. */
export function createErrands(ctx: Ctx, workspaceId: string, size: SampleSize) {
  const random = createRandom(`${size.seed}/errands`)
  let waiting: Errand[] = []
  return {
    /** Plans for the leads that these submissions made; they come with the number of their person. */
    planFor: async (submissions: Map<string, number | null>, from: number): Promise<void> => {
      for (const { id, lead_id } of await listNewLeads(ctx, workspaceId, [...submissions.keys()])) {
        const person = submissions.get(id)
        if (person == null || !random.chance(WORKED)) continue
        waiting.push({ at: from + random.next() * WITHIN_MS, lead_id, person })
      }
    },
    /** Runs everything that was to be done by this moment. */
    runUntil: async (moment: number): Promise<void> => {
      const due = waiting.filter(({ at }) => at <= moment)
      waiting = waiting.filter(({ at }) => at > moment)
      for (const errand of due) await run(ctx, workspaceId, size, errand, random.chance(TAKEN_UP))
    },
  }
}

const newLeadsStatement: Statement = {
  name: 'sample_new_leads',
  text: `SELECT id, lead_id FROM form_submissions WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND outcome = 'created'
    ORDER BY id`,
}

async function listNewLeads(ctx: Ctx, workspaceId: string, submissionIds: string[]) {
  const values = [workspaceId, submissionIds]
  return await readInWorkspace<{ id: string; lead_id: string }>(ctx.db, workspaceId, newLeadsStatement, values)
}

async function run(
  ctx: Ctx,
  workspaceId: string,
  { seed, leads }: SampleSize,
  { at, lead_id, person }: Errand,
  isTakenUp: boolean,
): Promise<void> {
  const then = { ...ctx, now: () => new Date(at) }
  const sales = systemOf(workspaceId)
  if (!isTakenUp) return void (await updateLead(then, sales, lead_id, { status: 'closed' }, null))
  const { company, country } = makePerson(seed, person, leads)
  const { name, domain, industry, size: employee_count } = company
  const { account } = await createAccount(then, sales, { name, domain, industry, employee_count, country }, 'update')
  const account_id = encodeTypeId('account', account.id)
  await updateLead(then, sales, lead_id, { status: 'working', account_id }, null)
}

/** The system itself as the one who acts. */
export const systemOf = (workspaceId: string): Caller => ({
  workspaceId,
  actor: 'system',
  origin: null,
  scopes: new Set(),
  keyId: null,
  keyKind: null,
})
