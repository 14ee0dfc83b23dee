/** Statements that count what a sequence did. */
import type { Statement, Tx } from '../../db/client.ts'
import { MOST_STEP_FIGURES } from './stats-schemas.ts'

export interface EnrollmentCount {
  held_out: boolean
  status: string
  reason: string | null
  count: number
}

const enrollmentsStatement: Statement = {
  name: 'count_enrollments',
  text: `SELECT held_out, status, reason, count(*) AS count FROM enrollments
    WHERE workspace_id = $1 AND sequence_key = $2 GROUP BY held_out, status, reason`,
}

/** Enrollments by group, status and reason. */
export async function countEnrollments(tx: Tx, key: string): Promise<EnrollmentCount[]> {
  return await tx.query<EnrollmentCount>(enrollmentsStatement, [tx.workspaceId, key])
}

/** Figures of the mail of a step: member of the answer -> which messages count. */
const told = (moment: string) => `m.tally->>'${moment}' IS NOT NULL`
const MAIL_FIGURES = {
  planned: 'm.id IS NOT NULL',
  sent: `m.state = 'sent'`,
  withheld: `m.state = 'withheld'`,
  canceled: `m.state = 'canceled'`,
  failed: `m.state = 'failed'`,
  in_doubt: `m.state = 'in_doubt'`,
  delivered: told('delivered_at'),
  opened: told('opened_at'),
  clicked: told('clicked_at'),
  replied: told('replied_at'),
  bounced: told('bounced_at'),
  complained: told('complained_at'),
  unsubscribed: told('unsubscribed_at'),
}

export type StepCount = Record<keyof typeof MAIL_FIGURES, number> & {
  step_key: string
  kind: string
  variant: string | null
  visits: number
  enrollments: number
  withheld_reasons: { reason: string; count: number }[]
}

// Only mails to the lead: what a step tells a seller is no figure of the sequence.
const VISITS = `enrollment_visits v LEFT JOIN messages m
      ON m.workspace_id = v.workspace_id AND m.id = v.message_id AND m.lead_id IS NOT NULL
    WHERE v.workspace_id = $1 AND v.sequence_key = $2`

const stepsStatement: Statement = {
  name: 'count_sequence_steps',
  text: `SELECT v.step_key, max(v.kind) AS kind, v.variant, count(*) AS visits, count(DISTINCT v.enrollment_id) AS enrollments,
      ${Object.entries(MAIL_FIGURES)
        .map(([name, which]) => `count(*) FILTER (WHERE ${which}) AS ${name}`)
        .join(', ')}
    FROM ${VISITS} GROUP BY v.step_key, v.variant ORDER BY v.step_key, v.variant NULLS FIRST LIMIT ${MOST_STEP_FIGURES}`,
}

const reasonsStatement: Statement = {
  name: 'count_withheld_of_steps',
  text: `SELECT v.step_key, v.variant, coalesce(m.reason, 'unknown') AS reason, count(*) AS count
    FROM ${VISITS} AND m.state = 'withheld' GROUP BY v.step_key, v.variant, 3 ORDER BY count(*) DESC, 3`,
}

/** What each step did, by variant. */
export async function countSteps(tx: Tx, key: string): Promise<StepCount[]> {
  const values = [tx.workspaceId, key]
  const [steps, reasons] = await Promise.all([
    tx.query<Omit<StepCount, 'withheld_reasons'>>(stepsStatement, values),
    tx.query<{ step_key: string; variant: string | null; reason: string; count: number }>(reasonsStatement, values),
  ])
  return steps.map((step) => ({
    ...step,
    withheld_reasons: reasons
      .filter(({ step_key, variant }) => step_key === step.step_key && variant === step.variant)
      .map(({ reason, count }) => ({ reason, count })),
  }))
}
