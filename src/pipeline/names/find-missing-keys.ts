/**
 * Names in conditions that lead nowhere. Asked when something begins to count: when a policy is published, and when a
 * buyer, a territory or a webhook endpoint is saved, which count at once. Not when a draft is saved: drafts are prepared in
 * any order, also such that name each other (a gate that asks for a segment that asks for a stage of that lifecycle). For
 * the same reason a segment that has only a draft may be named already; it lets nobody in until it is published.
 */
import type { Tx } from '../../db/client.ts'
import { type KeyKind, keysInConditions, type NamedKey } from '../../domain/condition/named-keys.ts'
import { suggestName } from '../../domain/condition/suggest-name.ts'
import { DEFAULT_LIFECYCLE } from '../../domain/lifecycle/default-lifecycle.ts'
import type { LifecyclePolicy } from '../../domain/lifecycle/lifecycle-policy.ts'
import { listSome } from '../../domain/list-some.ts'
import { DEFAULT_SCORE_MODEL } from '../../domain/scoring/default-model.ts'
import { DEFAULT_MODEL_KEY, type ScoreModel } from '../../domain/scoring/score-model.ts'
import { decodeTypeId } from '../../domain/type-id.ts'
import { ApiError, type ProblemItem } from '../../errors.ts'
import { type PolicyBook, readPolicies } from '../../policies/published-policies.ts'
import { LIFECYCLE_KEY } from '../lifecycle/find-lifecycle.ts'
import { findTeams } from '../route/load-crew.ts'
import { listDraftBands, listKnown, listPastStages } from './name-queries.ts'

/** A fault for each term of the document that names what is not there; `pointer` is the place of the document. */
export async function findMissingKeys(tx: Tx, document: unknown, pointer = ''): Promise<ProblemItem[]> {
  const named = keysInConditions(document, pointer)
  if (named.length === 0) return []
  const [isThere, lists] = await Promise.all([readRecords(tx, named), readLists(tx, named)])
  return named.flatMap((one) => {
    const list = lists.get(one.kind)
    if (list === undefined ? isThere(one) : list.includes(one.name)) return []
    return [{ code: `unknown_${KIND_WORDS[one.kind]}`, detail: say(one, list), pointer: one.pointer, parameter: null }]
  })
}

/** 422 with the place of every term that names what is not there; for what counts as soon as it is saved. */
export async function requireKnownKeys(tx: Tx, document: unknown, pointer = ''): Promise<void> {
  const items = await findMissingKeys(tx, document, pointer)
  if (items.length > 0) throw new ApiError('unprocessable', items[0]?.detail ?? '', { items })
}

const KIND_WORDS: Record<KeyKind, string> = {
  segment: 'segment',
  stage: 'stage',
  past_stage: 'stage',
  territory: 'territory',
  band: 'band',
  user: 'user',
  account: 'account',
}

function say({ kind, name }: NamedKey, list: readonly string[] | undefined): string {
  const word = KIND_WORDS[kind]
  if (list === undefined) return kind === 'segment' ? `There is no segment "${name}".` : `No such ${word}.`
  const meant = suggestName(name, list)
  if (meant !== undefined) return `There is no ${word} "${name}". Did you mean "${meant}"?`
  if (list.length === 0) return `There is no ${word} "${name}".`
  return `There is no ${word} "${name}"; there are: ${listSome(list)}.`
}

/** What is looked up one by one, because there may be many. */
async function readRecords(tx: Tx, named: readonly NamedKey[]): Promise<(one: NamedKey) => boolean> {
  const namesOf = (kind: KeyKind) => [...new Set(named.filter((one) => one.kind === kind).map(({ name }) => name))]
  const uuidsOf = (kind: 'user' | 'account') => namesOf(kind).flatMap((id) => decodeTypeId(kind, id) ?? [])
  const asked = { segments: namesOf('segment'), users: uuidsOf('user'), accounts: uuidsOf('account') }
  const known = await listKnown(tx, asked)
  return ({ kind, name }) => {
    if (kind === 'user' || kind === 'account') return known.has(`${kind}/${decodeTypeId(kind, name)}`)
    return known.has(`${kind}/${name}`)
  }
}

/** What is a short list of the workspace; only of the kinds that are asked for. */
async function readLists(tx: Tx, named: readonly NamedKey[]): Promise<ReadonlyMap<KeyKind, readonly string[]>> {
  const kinds = new Set(named.map(({ kind }) => kind))
  const lists = new Map<KeyKind, readonly string[]>()
  const policies = await readPolicies(tx)
  if (kinds.has('stage')) lists.set('stage', stagesOf(policies))
  if (kinds.has('past_stage')) lists.set('past_stage', [...stagesOf(policies), ...(await listPastStages(tx))])
  if (kinds.has('band')) lists.set('band', [...bandsOf(policies), ...(await listDraftBands(tx, DEFAULT_MODEL_KEY))])
  if (kinds.has('territory')) {
    const { document } = await findTeams(tx, tx.workspaceId)
    lists.set(
      'territory',
      document.territories.map(({ key }) => key),
    )
  }
  return lists
}

/** Of the version that is followed; in the transaction that publishes one, of that. */
function stagesOf(policies: PolicyBook): string[] {
  const published = policies.of<LifecyclePolicy>('lifecycle').find(({ key }) => key === LIFECYCLE_KEY)
  return (published?.definition ?? DEFAULT_LIFECYCLE).stages.map(({ key }) => key)
}

/** Conditions read the score of the default model; its draft may bring a band that a gate waits for. */
function bandsOf(policies: PolicyBook): string[] {
  const published = policies.of<ScoreModel>('score_model').find(({ key }) => key === DEFAULT_MODEL_KEY)
  return (published?.definition ?? DEFAULT_SCORE_MODEL).bands.map(({ key }) => key)
}
