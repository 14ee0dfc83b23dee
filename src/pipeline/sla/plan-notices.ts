/** Mails of promises: to a seller who got a lead or is to be reminded of one, and to the manager of the team. */
import type { Statement, Tx } from '../../db/client.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import type { SlaTarget } from '../../domain/sla/sla-policy.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { type MessagePlan, planMessages } from '../mail/plan-message.ts'
import { findTeams } from '../route/load-crew.ts'

export interface Notice {
  kind: 'assigned' | 'reminded' | 'manager'
  assignment_id: string
  /** Null for a lead that waits in a pull queue. */
  user_id: string | null
  pool_key: string | null
  lead: LeadFacts
  /** What was missed; null for a new assignment. */
  target: SlaTarget | null
  /** Business seconds since the beginning, to tell two reminders apart. */
  after_seconds: number
}

interface Words {
  subject: string
  text: string
}

const WORDS: Record<Notice['kind'], Words> = {
  assigned: { subject: 'A lead for you: {{ data.lead_name }}', text: '{{ data.lead_name }} is yours now.' },
  reminded: {
    subject: 'A lead waits for you: {{ data.lead_name }}',
    text: '{{ data.lead_name }} is yours, and the time for it has passed: {{ data.target }}.',
  },
  manager: {
    subject: '{{ data.seller_name }} has a lead that waits: {{ data.lead_name }}',
    text: '{{ data.seller_name }} has {{ data.lead_name }}, and the time for it has passed: {{ data.target }}.',
  },
}
const NOBODY_PULLS: Words = {
  subject: 'Nobody has pulled a lead: {{ data.lead_name }}',
  text: '{{ data.lead_name }} waits in the pull queue of {{ data.pool_key }}, and the time for it has passed: {{ data.target }}.',
}
const FOOT = '\n\nLead: {{ data.lead_id }}\nAssignment: {{ data.assignment_id }}\n'

const peopleStatement: Statement = {
  name: 'list_notified_users',
  text: 'SELECT id, name, email, active FROM users WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

interface Person {
  id: string
  name: string
  email: string | null
  active: boolean
}

/** Plans the mails, each once; who has no address or has left gets none. */
export async function planNotices(tx: Tx, notices: Notice[], now: Date): Promise<void> {
  if (notices.length === 0) return
  const receiverOf = await findReceivers(tx, notices)
  const ids = new Set(notices.flatMap((notice) => [notice.user_id, receiverOf(notice)].filter((id) => id !== null)))
  const rows = await tx.query<Person>(peopleStatement, [tx.workspaceId, [...ids]])
  const people = new Map(rows.map((person) => [person.id, person]))
  const plans = notices.flatMap((notice) =>
    planOf(notice, people.get(receiverOf(notice) ?? ''), people.get(notice.user_id ?? '')),
  )
  await planMessages(tx, plans, now)
  tx.announce('messages')
}

/** Who is told: the seller, or the manager of the seller's team, else of the team whose pool it is. */
async function findReceivers(tx: Tx, notices: Notice[]): Promise<(notice: Notice) => string | null> {
  if (!notices.some(({ kind }) => kind === 'manager')) return ({ user_id }) => user_id
  const { document } = await findTeams(tx, tx.workspaceId)
  const managers = document.teams.filter(({ manager_id }) => manager_id !== null)
  return ({ kind, user_id, pool_key }) => {
    if (kind !== 'manager') return user_id
    const pool = document.pools.find(({ key }) => key === pool_key)
    // Somebody in two teams is looked after by the first.
    const own = managers.find(({ member_ids }) => user_id !== null && member_ids.includes(user_id))
    return (own ?? managers.find(({ key }) => key === pool?.team_key))?.manager_id ?? null
  }
}

function planOf(notice: Notice, to: Person | undefined, seller: Person | undefined): MessagePlan[] {
  if (to === undefined || to.email === null || !to.active) return []
  const { kind, lead, target, assignment_id, after_seconds, pool_key, user_id } = notice
  const { subject, text } = user_id === null ? NOBODY_PULLS : WORDS[kind]
  return [
    {
      key: `sla:${assignment_id}:${kind}:${target ?? ''}:${after_seconds}`,
      kind: 'transactional',
      purpose: 'assignment',
      lead_id: null,
      to: { email: to.email, name: to.name },
      content: { subject, html: null, text: text + FOOT },
      data: {
        lead_id: encodeTypeId('lead', lead.id),
        assignment_id: encodeTypeId('assignment', assignment_id),
        lead_name: lead.full_name ?? lead.company_name ?? lead.email ?? encodeTypeId('lead', lead.id),
        seller_name: seller?.name ?? '',
        pool_key,
        target,
      },
      actor: 'system',
    },
  ]
}
