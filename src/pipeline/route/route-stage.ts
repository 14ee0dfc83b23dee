/**
 * Gives every lead that is ready an owner. All decisions of a batch are made under the routing lock of the workspace, in
 * the order of the batch, on one working copy of turns and desks; what they did is written once.
 */
import type { Tx } from '../../db/client.ts'
import { matchesCondition } from '../../domain/condition/evaluate-condition.ts'
import { nextTimeChange } from '../../domain/condition/next-change.ts'
import { newId } from '../../domain/new-id.ts'
import { nameVersion } from '../../domain/policy.ts'
import { type Explanation, packTrial } from '../../domain/routing/explanation.ts'
import { type RoutingVerdict, routeLead } from '../../domain/routing/route-lead.ts'
import type { RoutingDefinition } from '../../domain/routing/routing-policy.ts'
import { factsInTerritories, territoriesOf } from '../../domain/routing/territory.ts'
import { isWorkable } from '../../domain/routing/workable.ts'
import { changeLead, type JudgeDesk, type JudgedLead, keepReceipt, tellChange, wakeAt } from '../judge/judge-desk.ts'
import type { Stage, StageRun } from '../judge/stage.ts'
import { REPLACED, tellAssignment } from './assign-on-desk.ts'
import type { AssignmentTarget } from './assignment-order.ts'
import { isQualified } from './compiled-routing.ts'
import { deleteUnrouted, saveUnrouted, type UnroutedLead } from './route-queries.ts'
import { countDecisions } from './routing-clock.ts'
import { loadRoutingTable, type RoutingTable } from './routing-table.ts'
import { writeTurns } from './standing-queries.ts'

/** A reason of work: route this lead now, whether or not the policy would, and even if somebody has it. */
export const ROUTE_NOW = 'route_now'

const NOTHING: StageRun = { decide: () => undefined, write: async () => undefined }
/** Who is full today may be relieved at any time, and a missed call must not be for ever. */
const LONGEST_RETRY_MS = 3_600_000

export const routeStage: Stage = {
  name: 'route',
  follows: ['routing'],
  load: async (tx, desk) => {
    const [policy] = desk.policies.of<RoutingDefinition>('routing')
    if (policy === undefined) return NOTHING
    const table = await loadRoutingTable(tx, desk, policy, isForced)
    if (table === null) return NOTHING
    const unrouted: UnroutedLead[] = []
    return {
      decide: (judged) => decide(table, desk, judged, unrouted),
      write: async (tx) => write(tx, table, unrouted),
    }
  },
}

const isForced = ({ reasons }: JudgedLead): boolean => reasons.includes(ROUTE_NOW)

function write(tx: Tx, table: RoutingTable, unrouted: UnroutedLead[]): void {
  writeTurns(tx, table.before, table.standing.turns)
  countDecisions(tx, table.standing.decisions - table.decisionsBefore)
  saveUnrouted(tx, unrouted)
  deleteUnrouted(tx, table.settled)
}

function decide(table: RoutingTable, desk: JudgeDesk, judged: JudgedLead, unrouted: UnroutedLead[]): void {
  const { id, lead } = judged
  const history = table.histories.get(id)
  const isKnown = history?.unrouted != null
  const isOpen = history?.is_open === true
  if (isOpen && !isForced(judged)) return
  const facts = table.factsOf(judged)
  const territories = territoriesOf(table.territories, lead, facts, desk.now)
  const inTerritories = factsInTerritories(facts, territories)
  if (!isWorkable(lead) || !(isForced(judged) || isDue(table, desk, judged, inTerritories))) {
    if (isKnown) table.settled.push(id)
    return
  }
  const verdict = routeLead(
    table.routing.rules,
    table.routing.defaultTarget,
    {
      lead,
      territories,
      excluded: new Set(history?.excluded),
      now: desk.now.getTime(),
      previousOwner: history?.previous ?? lead.owner_id,
      accountOwner: (lead.account_id === null ? null : table.accountOwners.get(lead.account_id)) ?? null,
      waitingSince: history?.unrouted == null ? null : Date.parse(history.unrouted.since),
      matches: (condition) => matchesCondition(condition, inTerritories, desk.now),
    },
    table.crew,
    table.standing,
  )
  if (verdict.outcome === 'waiting' || verdict.outcome === 'unroutable') {
    // Who has it keeps it while nobody else can take it.
    if (!isOpen) unrouted.push(leave(table, desk, judged, verdict, territories))
  } else give(table, desk, judged, verdict, territories)
}

function isDue(
  { routing: { entry }, hasLifecycle }: RoutingTable,
  desk: JudgeDesk,
  judged: JudgedLead,
  facts: JudgedLead['facts'],
): boolean {
  if (entry === null) return false
  if (entry === 'qualified') return isQualified(judged.lead.stage_key, hasLifecycle)
  if (matchesCondition(entry, facts, desk.now)) return true
  wakeAt(judged, nextTimeChange(entry, facts, desk.now))
  return false
}

function targetOf({ outcome, user_id, buyer_key }: RoutingVerdict): AssignmentTarget {
  if (outcome === 'user' && user_id !== null) return { kind: 'user', user_id }
  return outcome === 'buyer' ? { kind: 'buyer', buyer_key: buyer_key ?? '' } : { kind: 'queue' }
}

/** The lead gets its owner, or a place in a queue or with a buyer. */
function give(
  table: RoutingTable,
  desk: JudgeDesk,
  judged: JudgedLead,
  verdict: RoutingVerdict,
  territories: string[],
): void {
  const target = targetOf(verdict)
  const assignmentId = newId()
  const explanation = explanationOf(verdict)
  const receiptId = keepReceipt(desk, judged, receiptOf(table, judged, verdict, territories, assignmentId))
  const { rule_key, strategy, pass_before, pass_after, pool_key } = verdict
  const start = {
    id: assignmentId,
    target,
    pool_key,
    cause: rule_key === null ? ('default' as const) : ('rule' as const),
    note: null,
    facts: {
      policy_version: table.policy.version,
      teams_version: table.crew.teamsVersion,
      rule_key,
      strategy,
      decision: table.standing.decisions,
      pass_before,
      pass_after,
      explanation,
      score: table.scoreOf(judged),
      worth: table.worthOf(judged),
      receipt_id: receiptId,
    },
  }
  const ownerId = target.kind === 'user' ? target.user_id : null
  const previous = changeLead(desk, judged, { owner_id: ownerId })
  const history = table.histories.get(judged.id)
  desk.desk.orders.set(judged.id, {
    actor: 'system',
    end: REPLACED,
    start,
    known: {
      isOpen: history?.is_open ?? false,
      isUnrouted: history?.unrouted != null,
      isPromised: desk.policies.of('sla').length > 0,
      arrived_at: history?.arrived_at ?? null,
      zone: ownerId === null ? null : (table.crew.sellers.get(ownerId)?.zone ?? null),
    },
  })
  if (previous !== null) tellChange(desk, judged, ownerId === null ? 'lead.unassigned' : 'lead.assigned', previous)
  tellAssignment(desk.desk, { actor: 'system', origin: null }, judged.lead, start, desk.now)
}

/** The lead stays where it is, and somebody hears of it: once, however often it is tried. */
function leave(
  table: RoutingTable,
  desk: JudgeDesk,
  judged: JudgedLead,
  verdict: RoutingVerdict,
  territories: string[],
): UnroutedLead {
  const { rule_key, pool_key, retryAt } = verdict
  const state = verdict.outcome === 'waiting' ? 'waiting' : 'unroutable'
  const known = table.histories.get(judged.id)?.unrouted ?? null
  const now = desk.now.getTime()
  const retry = new Date(Math.min(retryAt ?? Infinity, now + LONGEST_RETRY_MS))
  wakeAt(judged, retry)
  if (state === 'unroutable' && known?.state !== 'unroutable') tellChange(desk, judged, 'lead.unroutable', {})
  return {
    lead_id: judged.id,
    state,
    reason: verdict.rules.at(-1)?.outcome === 'unknown_target' ? 'unknown_target' : 'nobody_available',
    rule_key,
    pool_key,
    since: known?.since ?? desk.now.toISOString(),
    retry_at: retry.toISOString(),
    policy_version: table.policy.version,
    teams_version: table.crew.teamsVersion,
    explanation: explanationOf(verdict),
    receipt_id:
      known?.state === state
        ? known.receipt_id
        : keepReceipt(desk, judged, receiptOf(table, judged, verdict, territories, null)),
  }
}

const explanationOf = ({ rules, trials }: RoutingVerdict): Explanation => ({ rules, trials: trials.map(packTrial) })

function receiptOf(
  { policy, crew }: RoutingTable,
  { lead }: JudgedLead,
  verdict: RoutingVerdict,
  territories: string[],
  assignmentId: string | null,
) {
  const { outcome, rule_key, user_id, pool_key, buyer_key, strategy, pass_before, pass_after, trials } = verdict
  const counts = new Map<string, number>()
  for (const { candidates } of trials) {
    for (const { reason } of candidates) if (reason !== 'chosen') counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  return {
    kind: 'route',
    policy: `${nameVersion('routing', policy)} teams@${crew.teamsVersion}`,
    inputs: { stage_key: lead.stage_key, territories },
    outcome: {
      outcome,
      rule_key,
      user_id,
      pool_key,
      buyer_key,
      strategy,
      pass_before,
      pass_after,
      assignment_id: assignmentId,
    },
    rejected: [...counts].map(([reason, count]) => ({ reason, count })),
  }
}
