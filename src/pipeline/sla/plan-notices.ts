/** Mails of promises: to a seller who got a lead or is to be reminded of one, and to the manager of the team. */
import type { Statement, Tx } from '../../db/client.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import type { TeamDocument } from '../../domain/routing/team-document.ts'
import type { SlaTarget } from '../../domain/sla/sla-policy.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { type MessagePlan, planMessages } from '../mail/plan-message.ts'

export interface Notice {
  kind: 'assigned' | 'reminded' | 'manager'
  assignment_id: string
  user_id: string
  lead: LeadFacts
  /** What was missed; null for a new assignment. */
  target: SlaTarget | null
  /** Business seconds since the beginning, to tell two reminders apart. */
  after_seconds: number
}

const SUBJECTS: Record<Notice['kind'], string> = {
  assigned: 'A lead for you: {{ data.lead_name }}',
  reminded: 'A lead waits for you: {{ data.lead_name }}',
  manager: '{{ data.seller_name }} has a lead that waits: {{ data.lead_name }}',
}
const TEXTS: Record<Notice['kind'], string> = {
  assigned: '{{ data.lead_name }} is yours now.',
  reminded: '{{ data.lead_name }} is yours, and the time for it has passed: {{ data.target }}.',
  manager: '{{ data.seller_name }} has {{ data.lead_name }}, and the time for it has passed: {{ data.target }}.',
}
const FOOT = '\n\nLead: {{ data.lead_id }}\nAssignment: {{ data.assignment_id }}\n'

const peopleStatement: Statement = {
  name: 'list_notified_users',
  text: 'SELECT id, name, email FROM users WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}
const teamsStatement: Statement = {
  name: 'find_teams_of_notified',
  text: 'SELECT document FROM team_versions WHERE workspace_id = $1 ORDER BY version DESC LIMIT 1',
}

interface Person {
  id: string
  name: string
  email: string | null
}

/** Plans the mails, each once; who has no address gets none. */
export async function planNotices(tx: Tx, notices: Notice[], now: Date): Promise<void> {
  if (notices.length === 0) return
  const managers = await listManagers(tx, notices)
  const ids = new Set(notices.flatMap(({ user_id }) => [user_id, managers.get(user_id) ?? user_id]))
  const rows = await tx.query<Person>(peopleStatement, [tx.workspaceId, [...ids]])
  const people = new Map(rows.map((person) => [person.id, person]))
  const plans = notices.flatMap((notice) => {
    const to = notice.kind === 'manager' ? managers.get(notice.user_id) : notice.user_id
    return planOf(notice, people.get(to ?? ''), people.get(notice.user_id))
  })
  await planMessages(tx, plans, now)
  tx.announce('messages')
}

async function listManagers(tx: Tx, notices: Notice[]): Promise<Map<string, string>> {
  if (!notices.some(({ kind }) => kind === 'manager')) return new Map()
  const [row] = await tx.query<{ document: TeamDocument }>(teamsStatement, [tx.workspaceId])
  const managers = new Map<string, string>()
  for (const { manager_id, member_ids } of row?.document.teams ?? []) {
    // Somebody in two teams is looked after by the first.
    for (const id of member_ids) if (manager_id !== null && !managers.has(id)) managers.set(id, manager_id)
  }
  return managers
}

function planOf(notice: Notice, to: Person | undefined, seller: Person | undefined): MessagePlan[] {
  if (to === undefined || to.email === null) return []
  const { kind, lead, target, assignment_id, after_seconds } = notice
  return [
    {
      key: `sla:${assignment_id}:${kind}:${target ?? ''}:${after_seconds}`,
      kind: 'transactional',
      purpose: 'assignment',
      lead_id: null,
      to: { email: to.email, name: to.name },
      content: { subject: SUBJECTS[kind], html: null, text: TEXTS[kind] + FOOT },
      data: {
        lead_id: encodeTypeId('lead', lead.id),
        assignment_id: encodeTypeId('assignment', assignment_id),
        lead_name: lead.full_name ?? lead.company_name ?? lead.email ?? encodeTypeId('lead', lead.id),
        seller_name: seller?.name ?? '',
        target,
      },
      actor: 'system',
    },
  ]
}
