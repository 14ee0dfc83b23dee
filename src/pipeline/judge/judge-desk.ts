/**
 * The desk of one batch of leads that are judged: each lead with its working copy, what conditions may ask about it, and
 * the trail that the decisions leave. Stages work on it through the functions below.
 */
import type { ChangeType, PendingChange } from '../../changes/change.ts'
import { type ConditionFacts, type FamilyValues, familyConditionFacts } from '../../domain/condition/condition-facts.ts'
import type { FamilyFacts } from '../../domain/condition/family-facts.ts'
import type { FieldCatalogue } from '../../domain/condition/field-catalogue.ts'
import type { FieldSource, LeadFacts } from '../../domain/lead.ts'
import { toLead, toWireIds } from '../../domain/lead-wire.ts'
import { newId } from '../../domain/new-id.ts'
import { differenceOf, previousOf } from '../../domain/survivorship.ts'
import type { PolicyBook } from '../../policies/published-policies.ts'
import type { WritePolicy } from '../custom-fields.ts'
import { type Desk, onDesk, putLead } from '../desk.ts'
import type { BehaviourBook } from '../events/load-behaviour.ts'
import { columnSource } from '../facts/needed-kinds.ts'
import type { Teller } from '../tell-story.ts'

export interface JudgeDesk {
  readonly now: Date
  /** Settings and custom fields of the workspace. */
  readonly policy: WritePolicy
  /** Everything that a condition may name here; the same object until the custom fields change. */
  readonly catalogue: FieldCatalogue
  /** Published policies of every kind. */
  readonly policies: PolicyBook
  readonly leads: ReadonlyMap<string, JudgedLead>
  /** Leads and trail as every writer of the pipeline has them. */
  readonly desk: Desk
}

export interface JudgedLead {
  readonly id: string
  /** Why it is judged. */
  readonly reasons: readonly string[]
  /** As it was loaded. */
  readonly stored: LeadFacts
  /** As the stages so far have made it. */
  readonly lead: LeadFacts
  /** What conditions see: the working copy, behaviour, and the families that stages have set, else those loaded. */
  readonly facts: ConditionFacts
  /** Rows behind the families that the published policies ask about, and always the stay in the present stage. */
  readonly loaded: FamilyFacts
  /** The earliest moment at which anything may turn by itself; null when nothing will. */
  wakeAt: Date | null
  /** Whether a verdict about it is news to a stage that had decided before. */
  isNews: boolean
}

/** A lead on the desk; only this file changes it. */
interface LeadOnJudgeDesk extends JudgedLead {
  readonly families: FamilyValues
  /** What has changed since somebody asked last, as `askedSources` names it. */
  news: string[]
}

/** Puts a lead on the desk; its working copy is the one in `desk`. */
export function takeLead(
  desk: Desk,
  { id, reasons }: { id: string; reasons: readonly string[] },
  behaviour: BehaviourBook,
  loaded: FamilyFacts,
): JudgedLead {
  const entry = onDesk(desk, id)
  const families: FamilyValues = new Map()
  const judged: LeadOnJudgeDesk = {
    id,
    reasons,
    stored: entry.lead,
    get lead() {
      return onDesk(desk, id).lead
    },
    facts: familyConditionFacts(
      () => onDesk(desk, id).lead,
      families,
      (asked, now) => behaviour.timesOf(id, asked, now),
      () => loaded,
    ),
    loaded,
    wakeAt: null,
    isNews: false,
    families,
    news: [],
  }
  return judged
}

/** Tells that what conditions read from these sources has changed; fields of the lead tell it by themselves. */
export function noteNews(judged: JudgedLead, ...sources: string[]): void {
  ;(judged as LeadOnJudgeDesk).news.push(...sources) // as in setFamily
}

/** What has changed since this was asked last. */
export function takeNews(judged: JudgedLead): readonly string[] {
  const entry = judged as LeadOnJudgeDesk // as in setFamily
  const { news } = entry
  if (news.length > 0) entry.news = []
  return news
}

/** Sets what conditions of later stages read under `kind` (the source kind of a family's fields), such as `score`. */
export function setFamily(judged: JudgedLead, kind: string, values: Readonly<Record<string, unknown>>): void {
  // Every lead of a judge desk was made by takeLead.
  const { families } = judged as LeadOnJudgeDesk
  families.set(kind, values)
}

/** What lies beyond has no four-digit year, and nobody who waits for it. */
const END_OF_TIME = new Date('9999-01-01T00:00:00.000Z')

/** Asks that the lead be judged again at a moment, when nothing earlier happens to it; null asks for nothing. */
export function wakeAt(judged: JudgedLead, at: Date | null): void {
  if (at !== null && at < END_OF_TIME && (judged.wakeAt === null || at < judged.wakeAt)) judged.wakeAt = at
}

/**
 * Changes fields of the lead; returns the former values of those that differ, null when none does. `source` says who
 * wrote them, where fields have sources.
 */
export function changeLead(
  { desk, now }: JudgeDesk,
  judged: JudgedLead,
  changes: Partial<LeadFacts>,
  source: FieldSource | null = null,
): Partial<LeadFacts> | null {
  const { id, stored } = judged
  const { lead, sources } = onDesk(desk, id)
  const changed = differenceOf(lead, changes)
  const fields = Object.keys(changed)
  if (fields.length === 0) return null
  noteNews(judged, ...fields.map(columnSource))
  const written = source === null ? sources : { ...sources, ...Object.fromEntries(fields.map((f) => [f, source])) }
  putLead(desk, { ...lead, ...changed, version: stored.version + 1, updated_at: now.toISOString() }, written)
  return previousOf(lead, changed)
}

/** Keeps the explanation of a decision; returns its id. Small: what the policy says is not repeated. */
export function keepReceipt(
  { desk, now }: JudgeDesk,
  { id: lead_id }: JudgedLead,
  receipt: {
    kind: string
    /** Names of the policy versions that decided (`nameVersion`). */
    policy: string
    inputs: Record<string, unknown>
    outcome: Record<string, unknown>
    rejected?: Record<string, unknown>[]
  },
): string {
  const id = newId()
  desk.trail.receipts.push({ id, lead_id, decided_at: now.toISOString(), rejected: [], ...receipt })
  return id
}

/** Adds a line to the timeline of the lead. */
export function tellActivity(
  { desk, now }: JudgeDesk,
  { id: lead_id }: JudgedLead,
  line: {
    type: string
    subject: string | null
    data: Record<string, unknown>
    receipt_id: string | null
    /** Who did it; the system where nobody asked for it. */
    actor?: string
  },
): void {
  desk.trail.activities.push({ id: newId(), lead_id, occurred_at: now.toISOString(), actor: 'system', ...line })
}

interface ToldChange {
  judged: JudgedLead
  type: ChangeType
  previous: Record<string, unknown>
  teller: Teller
  details: Record<string, unknown>
}

const SYSTEM: Teller = { actor: 'system', origin: null }

const toldOf = new WeakMap<JudgeDesk, ToldChange[]>()

/** Raises a change about the lead; it will carry the lead as the last stage leaves it, and `details` beside it. */
export function tellChange(
  desk: JudgeDesk,
  judged: JudgedLead,
  type: ChangeType,
  previous: Record<string, unknown>,
  { teller = SYSTEM, details = {} }: { teller?: Teller; details?: Record<string, unknown> } = {},
): void {
  const told = toldOf.get(desk) ?? []
  told.push({ judged, type, previous, teller, details })
  toldOf.set(desk, told)
}

/** The changes that the stages have raised, with the leads as they are now. */
export function renderChanges(desk: JudgeDesk): PendingChange[] {
  return (toldOf.get(desk) ?? []).map(({ judged, type, previous, teller, details }) => ({
    type,
    object_id: judged.id,
    actor: teller.actor,
    origin: teller.origin,
    occurred_at: desk.now.toISOString(),
    object: toLead(judged.lead),
    changed_fields: Object.keys(previous),
    previous: toWireIds(previous),
    details,
  }))
}
