/** Writes to sellers. Each write waits for the router: from its answer on, no lead is given by what was before. */
import { recordAudit } from '../../changes/record-audit.ts'
import { recordChange } from '../../changes/record-change.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import { type ExpectedVersion, isExpectedVersion } from '../../domain/expected-version.ts'
import { newId } from '../../domain/new-id.ts'
import { normalizeSeller, type SellerEdit, type SellerInput } from '../../domain/routing/normalize-seller.ts'
import { BLANK_SELLER, type Seller } from '../../domain/routing/seller.ts'
import { toUser } from '../../domain/routing/seller-wire.ts'
import { differenceOf } from '../../domain/survivorship.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError, notFound, type ProblemItem, validationFailed } from '../../errors.ts'
import { retryUnrouted } from '../../pipeline/route/retry-unrouted.ts'
import { lockRouting, revisePeople } from '../../pipeline/route/routing-clock.ts'
import { wakeClocksOf } from '../../pipeline/sla/clock-queries.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { findTeams } from './team-queries.ts'
import { lockUser, replaceIdentities, saveUser, type UserIdentity } from './user-queries.ts'

/** Creates a seller; 409 when another one has the e-mail address or an external id. */
export async function createUser(ctx: Ctx, caller: Caller, input: SellerInput): Promise<Seller> {
  const edit = readSeller(input)
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    await retryUnrouted(tx)
    await lockRouting(tx)
    // Under the lock: a replay must not see the seller before the router could.
    const at = ctx.now().toISOString()
    const blank = {
      ...BLANK_SELLER,
      external_ids: [],
      skills: {},
      languages: [],
      territories: [],
      working_hours: [],
      absences: [],
    }
    const seller = { ...blank, name: '', ...edit, id: newId(), version: 1, created_at: at, updated_at: at }
    await requireReferences(tx, edit)
    await write(tx, seller)
    tell(tx, caller, seller, null)
    return seller
  })
}

/** What promises are measured by. */
const HOURS = ['time_zone', 'working_hours', 'holidays_key', 'absences']

/** Changes a seller by merge patch. */
export async function updateUser(
  ctx: Ctx,
  caller: Caller,
  id: string,
  input: SellerInput,
  expectedVersion: ExpectedVersion,
): Promise<Seller> {
  const edit = readSeller(input)
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    const before = await lockUser(tx, id)
    if (before === undefined) throw notFound('user')
    // In this order everywhere: the seller, marks of work, the router.
    await retryUnrouted(tx)
    await lockRouting(tx)
    if (!isExpectedVersion(expectedVersion, before.version)) {
      throw new ApiError('precondition_failed', 'The user has changed since you read it; read it again.')
    }
    const changed = differenceOf<Seller>(before, edit)
    if (Object.keys(changed).length === 0) return before
    await requireReferences(tx, changed)
    const seller = { ...before, ...changed, version: before.version + 1, updated_at: ctx.now().toISOString() }
    await write(tx, seller)
    if (HOURS.some((name) => name in changed)) await wakeClocksOf(tx, [id])
    tell(tx, caller, seller, before)
    return seller
  })
}

function readSeller(input: SellerInput): SellerEdit {
  const { edit, faults } = normalizeSeller(input)
  if (faults.length > 0) throw validationFailed(faults.map((fault) => ({ ...fault, parameter: null })))
  return edit
}

/** Territories and holidays must be there: a typing error would mean no leads, or leads on Christmas day. */
async function requireReferences(tx: Tx, { territories = [], holidays_key = null }: SellerEdit): Promise<void> {
  if (territories.length === 0 && holidays_key === null) return
  const { document } = await findTeams(tx, tx.workspaceId)
  const items: ProblemItem[] = territories.flatMap((key, i) =>
    document.territories.some((territory) => territory.key === key)
      ? []
      : [{ code: 'unknown_territory', detail: 'No such territory.', pointer: `/territories/${i}`, parameter: null }],
  )
  if (holidays_key !== null && !document.holidays.some(({ key }) => key === holidays_key)) {
    items.push({ code: 'unknown_holidays', detail: 'No such holidays.', pointer: '/holidays_key', parameter: null })
  }
  if (items.length > 0) throw new ApiError('unprocessable', items[0]?.detail ?? '', { items })
}

async function write(tx: Tx, seller: Seller): Promise<void> {
  await saveUser(tx, seller)
  await revisePeople(tx)
  const other = await replaceIdentities(tx, seller.id, identitiesOf(seller))
  if (other === null) return
  throw new ApiError('duplicate', 'Another user has this e-mail or external id.', {
    extra: { existing_id: encodeTypeId('user', other) },
  })
}

function identitiesOf({ email, external_ids }: Seller): UserIdentity[] {
  return [
    // Not the match key of leads: sales+anna and sales+bob are two colleagues.
    ...(email === null ? [] : [{ kind: 'email', value: email.toLowerCase() }]),
    ...external_ids.map(({ system, external_id }) => ({ kind: `external:${system}`, value: external_id })),
  ]
}

function tell(tx: Tx, caller: Caller, seller: Seller, before: Seller | null): void {
  const [now, then] = [toUser(seller), before === null ? null : toUser(before)]
  const names = Object.keys(now).filter((name) => !['version', 'etag', 'updated_at'].includes(name))
  const changed = differenceOf<Record<string, unknown>>(
    then ?? {},
    Object.fromEntries(names.map((n) => [n, now[n as keyof typeof now]])),
  )
  const action = before === null ? 'user.created' : 'user.updated'
  recordChange(tx, {
    type: action,
    object_id: seller.id,
    actor: caller.actor,
    origin: caller.origin,
    occurred_at: seller.updated_at,
    object: { ...now },
    changed_fields: Object.keys(changed),
    previous:
      then === null ? {} : Object.fromEntries(Object.keys(changed).map((n) => [n, then[n as keyof typeof then]])),
  })
  recordAudit(tx, caller, {
    action,
    object_id: now.id,
    before: then === null ? null : withoutPerson(then),
    after: withoutPerson(now),
    occurred_at: seller.updated_at,
  })
}

/** The audit log is kept for ever and holds no personal data. */
function withoutPerson({ name: _, email: __, external_ids: ___, absences, ...rest }: ReturnType<typeof toUser>) {
  return { ...rest, absences: absences.map(({ from_at, until_at }) => ({ from_at, until_at })) }
}
