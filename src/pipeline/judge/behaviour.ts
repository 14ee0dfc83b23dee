/** What the leads of a batch did, as conditions ask about it. */
import type { Tx } from '../../db/client.ts'
import type { CompiledBehaviour } from '../../domain/condition/compiled-condition.ts'

export interface BehaviourBook {
  /** When a lead did this: see `ConditionFacts.eventTimes`. */
  timesOf(leadId: string, behaviour: CompiledBehaviour, now: Date): readonly number[]
}

const NOBODY_DID_ANYTHING: BehaviourBook = { timesOf: () => [] }

/** Loads the behaviour of these leads. No events are stored yet. */
export async function loadBehaviour(_tx: Tx, _leadIds: readonly string[]): Promise<BehaviourBook> {
  return NOBODY_DID_ANYTHING
}
