/** Past arrivals through a definition: the log is read once, then decided in the order in which it was decided then. */
import { createHash } from 'node:crypto'
import { type Db, withWorkspace } from '../../db/client.ts'
import { matchesCondition } from '../../domain/condition/evaluate-condition.ts'
import { crewHistory } from '../../domain/routing/crew-history.ts'
import {
  expectLeaving,
  type LoggedAssignment,
  type Replay,
  type ReplayBook,
  replayArrival,
  settleUntil,
  startReplay,
} from '../../domain/routing/replay.ts'
import type { RoutingDefinition } from '../../domain/routing/routing-policy.ts'
import type { Crew } from '../../domain/routing/routing-world.ts'
import { compileTerritories, factsInTerritories, territoriesOf } from '../../domain/routing/territory.ts'
import { catalogueOf } from '../condition-catalogue.ts'
import { findWritePolicy } from '../custom-fields.ts'
import { compileRouting } from './compiled-routing.ts'
import { loadRehearsedLeads } from './rehearsal-facts.ts'
import { conditionsOf } from './rehearse-routing.ts'
import { listLog, listOnDesk, listPeopleHistory, listPreviousOwners, type OrderedAssignment } from './replay-queries.ts'
import { listAccountOwners } from './route-queries.ts'
import { findDay } from './routing-days.ts'

/** Rows of the log read at a time, and leads whose facts are loaded at a time. */
const PAGE = 10_000
const CHUNK = 1_000
/** The log is held in memory, some 300 bytes each; more arrivals are a shorter time's work. */
export const MOST_ARRIVALS = 500_000

export class TooManyArrivals extends Error {}

export interface ReplayRequest {
  definition: RoutingDefinition
  from: string
  to: string
  /** The moment at which conditions are asked: the leads are known as they are now. */
  asOf: Date
}

export interface ReplayOutcome {
  book: ReplayBook
  /** SHA-256 of all owners in order: equal digests mean equal owners. */
  digest: string
  /** When the replay begins: at the first decision of the first day that has one. */
  startedAt: string | null
}

/** Runs a replay; `onProgress` hears how many arrivals are done, of how many. */
export async function replayRouting(
  db: Db,
  workspaceId: string,
  request: ReplayRequest,
  onProgress: (processed: number, total: number) => Promise<void>,
): Promise<ReplayOutcome> {
  const { definition, from, to, asOf } = request
  const start = await withWorkspace(db, workspaceId, (tx) => findDay(tx, from.slice(0, 10)))
  const digest = createHash('sha256')
  if (start === undefined || start.taken_at >= to) {
    const { book } = startReplay({ decisions: 0, turns: new Map(), loads: new Map() })
    return { book, digest: digest.digest('hex'), startedAt: null }
  }
  const replay = startReplay(start.standing)
  const { log, onDesk, people, policy } = await readLog(db, workspaceId, start.taken_at, to)
  for (const logged of onDesk) expectLeaving(replay, logged)
  const routing = compileRouting(definition, catalogueOf(workspaceId, policy))
  const history = crewHistory(people.sellers, people.teams, policy.settings.time_zone)
  const context = { routing, catalogue: catalogueOf(workspaceId, policy), history, replay, asOf, digest }
  for (let done = 0; done < log.length; done += CHUNK) {
    const chunk = log.slice(done, done + CHUNK)
    await replayChunk(db, workspaceId, chunk, start.taken_at, context)
    await onProgress(Math.min(done + CHUNK, log.length), log.length)
  }
  settleUntil(replay, Date.parse(to))
  return { book: replay.book, digest: digest.digest('hex'), startedAt: start.taken_at }
}

async function readLog(db: Db, workspaceId: string, from: string, to: string) {
  const log: OrderedAssignment[] = []
  let after: { at: string; id: string } | null = null
  for (;;) {
    const place: { at: string; id: string } | null = after
    const page: OrderedAssignment[] = await withWorkspace(db, workspaceId, (tx) =>
      listLog(tx, { from, to }, place, PAGE),
    )
    log.push(...page)
    const last = page.at(-1)
    if (page.length < PAGE || last === undefined) break
    if (log.length > MOST_ARRIVALS) throw new TooManyArrivals()
    after = { at: new Date(last.assigned_at).toISOString(), id: last.id }
  }
  return await withWorkspace(db, workspaceId, async (tx) => ({
    log: inOrderOfDecision(log),
    onDesk: await listOnDesk(tx, from),
    people: await listPeopleHistory(tx),
    policy: await findWritePolicy(tx, workspaceId),
  }))
}

/** Two workers may decide in another order than their clocks say; what people decided keeps its place in time. */
function inOrderOfDecision(log: OrderedAssignment[]): OrderedAssignment[] {
  const routed = log.filter(({ decision }) => decision !== null)
  routed.sort((a, b) => (a.decision ?? 0) - (b.decision ?? 0))
  let next = 0
  return log.map((logged) => (logged.decision === null ? logged : (routed[next++] ?? logged)))
}

interface ChunkContext {
  routing: ReturnType<typeof compileRouting>
  catalogue: ReturnType<typeof catalogueOf>
  history: ReturnType<typeof crewHistory>
  replay: Replay
  asOf: Date
  digest: ReturnType<typeof createHash>
}

async function replayChunk(
  db: Db,
  workspaceId: string,
  chunk: LoggedAssignment[],
  startedAt: string,
  { routing, catalogue, history, replay, asOf, digest }: ChunkContext,
): Promise<void> {
  const territoriesAt = territoriesOfCrews(catalogue)
  const first = history.at(chunk[0]?.assigned_at ?? 0)
  const ids = [...new Set(chunk.map(({ lead_id }) => lead_id))]
  const { leads, owners, previous } = await withWorkspace(db, workspaceId, async (tx) => {
    const leads = await loadRehearsedLeads(tx, ids, conditionsOf(routing, territoriesAt(first)), asOf)
    const accountIds = [...new Set([...leads.values()].flatMap(({ lead }) => lead.account_id ?? []))]
    return {
      leads,
      owners: await listAccountOwners(tx, accountIds),
      previous: await listPreviousOwners(tx, ids, startedAt),
    }
  })
  for (const logged of chunk) {
    const found = leads.get(logged.lead_id)
    if (found === undefined) continue
    const { lead } = found
    const crew = history.at(logged.assigned_at)
    const territories = territoriesOf(territoriesAt(crew), lead, found.facts, asOf)
    const facts = factsInTerritories(found.facts, territories)
    replayArrival(replay, routing, crew, logged, {
      lead,
      territories,
      previousOwner: previous.get(lead.id) ?? null,
      accountOwner: (lead.account_id === null ? null : owners.get(lead.account_id)) ?? null,
      matches: (condition) => matchesCondition(condition, facts, asOf),
    })
    digest.update(`${lead.id} ${replay.owners.get(lead.id) ?? '-'}\n`)
  }
}

function territoriesOfCrews(catalogue: ChunkContext['catalogue']) {
  const known = new Map<Crew, ReturnType<typeof compileTerritories>>()
  return (crew: Crew) => {
    const compiled = known.get(crew) ?? compileTerritories(crew.territories, catalogue)
    known.set(crew, compiled)
    return compiled
  }
}
