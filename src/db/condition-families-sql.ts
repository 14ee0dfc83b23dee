/**
 * SQL of the field families (domain/condition/lead-families.ts): sub-selects by the primary key or the lead index of the
 * table that holds them. Twin of domain/condition/family-facts.ts; a property test holds them together.
 */
import { EVERY_PURPOSE } from '../domain/consent.ts'
import { DEFAULT_MODEL_KEY } from '../domain/scoring/score-model.ts'
import { behaviourSource } from './behaviour-sql.ts'
import { type SqlTools, type SqlValue, type TermSource, valueSource } from './condition-sql.ts'

/** The sources of all families, for leads of one workspace. */
export function familySources(workspaceId: string): Readonly<Record<string, TermSource>> {
  const from = (table: string, tools: SqlTools, key = 'lead_id') =>
    `from ${table} as f where f.workspace_id = ${tools.bind(workspaceId)}::uuid and f.${key} = ${tools.alias}.${key === 'id' ? 'account_id' : 'id'}`
  const column = (sql: string): SqlValue => ({ sql: `(${sql})`, form: 'column' })
  const jsonb = (sql: string): SqlValue => ({ sql: `(${sql})`, form: 'jsonb' })
  const touch = (order: 'asc' | 'desc') =>
    valueSource(({ source: { name } }, tools) => {
      const tail = `${from('touches', tools)} order by f.occurred_at ${order}, f.id ${order} limit 1`
      return TOUCH_COLUMNS.has(name)
        ? column(`select f.${name} ${tail}`)
        : jsonb(`select f.attribution -> ${tools.bind(name)}::text ${tail}`)
    })
  return {
    ...behaviourSource(workspaceId),
    account: valueSource(({ source: { name } }, tools) =>
      column(`select ${ACCOUNT_EXPRESSIONS[name] ?? `f.${name}`} ${from('accounts', tools, 'id')}`),
    ),
    account_custom_field: valueSource(({ source: { name } }, tools) =>
      jsonb(`select f.custom_fields -> ${tools.bind(name)}::text ${from('accounts', tools, 'id')}`),
    ),
    consent: valueSource(({ source: { name } }, tools) => column(consentSql(name, from('consents', tools), tools))),
    touch_first: touch('asc'),
    touch_last: touch('desc'),
    score: valueSource(({ source: { name } }, tools) =>
      column(`select f.${name} ${from('lead_scores', tools)} and f.model_key = '${DEFAULT_MODEL_KEY}'`),
    ),
    segments: valueSource((_, tools) => ({
      sql: `select f.segment_key as element ${from('segment_members', tools)}`,
      form: 'rows',
    })),
    qualification: valueSource(({ source: { name } }, tools) => {
      const path = name.split('.').map((part) => `${tools.bind(part)}::text`)
      return jsonb(`select f.verdicts -> ${path.join(' -> ')} ${from('lead_qualifications', tools)}`)
    }),
    criterion: valueSource(({ source: { name } }, tools) =>
      jsonb(`select f.statuses -> ${tools.bind(name)}::text ${from('lead_qualifications', tools)}`),
    ),
    lifecycle: valueSource(({ source: { name } }, tools) => {
      const moves = from('lead_stage_history', tools)
      if (name === 'stages') {
        return {
          sql: `select f.from_stage as element ${moves} union all select ${tools.alias}.stage_key`,
          form: 'rows',
        }
      }
      const last = `select f.${MOVE_COLUMNS[name]} ${moves} order by f.position desc limit 1`
      return column(name === 'stage_entered_at' ? `coalesce((${last}), ${tools.alias}.created_at)` : last)
    }),
  }
}

const TOUCH_COLUMNS = new Set(['kind', 'source_key', 'campaign_key', 'occurred_at'])

const ACCOUNT_EXPRESSIONS: Record<string, string> = {
  annual_revenue_minor: `(f.annual_revenue ->> 'amount_minor')::bigint`,
  annual_revenue_currency: `f.annual_revenue ->> 'currency'`,
}

const MOVE_COLUMNS: Record<string, string> = {
  stage_entered_at: 'moved_at',
  previous_stage_key: 'from_stage',
  stage_reason: 'reason',
  wake_at: 'wake_at',
}

/** decideConsent in SQL: the latest covering entry decides, of two at one moment the withdrawal. */
function consentSql(name: string, from: string, { bind, now }: SqlTools): string {
  const [purpose, channel] = name.split('.')
  const at = `${bind(now.toISOString())}::timestamptz`
  return `select f.action = 'granted' and (f.expires_at is null or f.expires_at > ${at}) ${from}
    and f.occurred_at <= ${at} and f.channel in (${bind(channel)}::text, 'any')
    and (f.purpose = ${bind(purpose)}::text or (f.action = 'withdrawn' and f.purpose = '${EVERY_PURPOSE}'))
    order by f.occurred_at desc, f.action = 'withdrawn' desc, f.id desc limit 1`
}
