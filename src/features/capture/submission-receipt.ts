/** What a sender is told about a submission: the visitor that it arrived, the owner what became of it. */
import type { Caller } from '../../ctx.ts'
import { chooseLocale, localizeForm } from '../../domain/form-locale.ts'
import type { SubmissionContext } from '../../domain/submission.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import type { AddressedForm } from './form-address.ts'
import type { StoredSubmission } from './submission-queries.ts'

/** Locale of the texts for the sender. */
export function localeOf(form: AddressedForm, { language }: SubmissionContext): string {
  return chooseLocale(form.definition, language === undefined ? [] : [language])
}

export interface Stored {
  id: string
  /** Where the visitor goes on. */
  target: string | null
  context: SubmissionContext
  /** The submission as it was when the wait ended; undefined when nobody waited. */
  seen: StoredSubmission | undefined
}

/** The receipt. Whether a person was known before is nobody's business but the owner's. */
export function receiptOf(form: AddressedForm, caller: Caller, { id, target, context, seen }: Stored) {
  const isOwner =
    (caller.keyKind === 'secret' || caller.scopes.has('leads:read')) && caller.workspaceId === form.workspace_id
  return {
    submission_id: encodeTypeId('submission', id),
    state: seen === undefined ? 'received' : isOwner ? seen.state : stateForVisitors(seen),
    message: localizeForm(form.definition, localeOf(form, context)).success_message,
    redirect_url: target,
    outcome: isOwner ? (seen?.outcome ?? null) : null,
    lead_id: isOwner && seen?.lead_id ? encodeTypeId('lead', seen.lead_id) : null,
  }
}

/** A robot must not learn that it was seen through. */
const stateForVisitors = ({ state }: StoredSubmission) => (state === 'quarantined' ? 'processed' : state)
