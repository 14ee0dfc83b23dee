/** Templates: every save is a new version, and what cannot be parsed is never saved. */
import { recordAudit } from '../../changes/record-audit.ts'
import { renderPool } from '../../connectors/mail/render-pool.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { type ExpectedVersion, isExpectedVersion } from '../../domain/expected-version.ts'
import { findTemplateFaults, type TemplateDefinition } from '../../domain/mail/template.ts'
import { normalizeLanguage } from '../../domain/normalize/language.ts'
import { isEqual } from '../../domain/survivorship.ts'
import { ApiError, notFound, type ProblemItem, validationFailed } from '../../errors.ts'
import {
  deleteTemplate as deleteRow,
  listSequencesWith,
  lockTemplate,
  saveTemplate,
  type TemplateRow,
} from './template-queries.ts'

/** What the caller says about the version that it saw. */
export interface Expectation {
  ifMatchVersion: ExpectedVersion
  createOnly: boolean
}

/** Creates a template or writes a new version of it; the same definition again changes nothing. */
export async function putTemplate(
  ctx: Ctx,
  caller: Caller,
  key: string,
  given: TemplateDefinition,
  expected: Expectation,
): Promise<{ template: TemplateRow; created: boolean }> {
  const definition = await readDefinition(ctx, given)
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const stored = await lockTemplate(tx, key)
    const before = stored?.deleted === true ? undefined : stored
    checkExpectation('template', before?.version, expected)
    if (before !== undefined && isEqual(before.definition, definition)) return { template: before, created: false }
    const at = ctx.now().toISOString()
    const template: TemplateRow = {
      template_key: key,
      version: (stored?.version ?? 0) + 1,
      definition,
      deleted: false,
      created_at: before?.created_at ?? at,
      updated_at: at,
    }
    if (!(await saveTemplate(tx, template, caller.actor))) throw changedMeanwhile()
    recordAudit(tx, caller, {
      action: before === undefined ? 'template.created' : 'template.updated',
      object_id: key,
      before: before === undefined ? null : { version: before.version, ...before.definition },
      after: { version: template.version, ...definition },
      occurred_at: at,
    })
    return { template, created: before === undefined }
  })
}

/** Deletes a template; mails that were made from it keep the version that they had. */
export async function deleteTemplate(
  ctx: Ctx,
  caller: Caller,
  key: string,
  ifMatchVersion: ExpectedVersion,
): Promise<void> {
  await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const before = await lockTemplate(tx, key)
    if (before === undefined || before.deleted) throw notFound('template')
    if (!isExpectedVersion(ifMatchVersion, before.version)) throw changedMeanwhile()
    await requireUnused(tx, { template_key: key })
    const at = ctx.now().toISOString()
    await deleteRow(tx, key, at)
    recordAudit(tx, caller, {
      action: 'template.deleted',
      object_id: key,
      before: { version: before.version, ...before.definition },
      after: null,
      occurred_at: at,
    })
  })
}

/** Refuses to take away what a sequence mails with: everybody inside would come by the step and get nothing. */
export async function requireUnused(tx: Tx, email: Parameters<typeof listSequencesWith>[1]): Promise<void> {
  const sequences = await listSequencesWith(tx, email)
  if (sequences.length === 0) return
  throw new ApiError('in_use', `Mails of these sequences are made with it: ${sequences.join(', ')}.`)
}

/** Refuses what the caller did not mean: 428 without a condition on what exists, 412 when it has changed. */
export function checkExpectation(what: string, version: number | undefined, expected: Expectation): void {
  const { ifMatchVersion, createOnly } = expected
  if (version === undefined) {
    if (ifMatchVersion !== null) throw new ApiError('precondition_failed', `There is no such ${what} yet.`)
    return
  }
  if (createOnly) throw new ApiError('precondition_failed', `This ${what} exists already.`)
  if (ifMatchVersion === null) {
    throw new ApiError('precondition_required', 'Send If-Match with the ETag of the version that you read.')
  }
  if (!isExpectedVersion(ifMatchVersion, version)) throw changedMeanwhile()
}

const changedMeanwhile = () =>
  new ApiError('precondition_failed', 'It has changed since you read it; read it again and repeat the change.')

/** The definition with its locales in their usual spelling; 400 with every fault. */
async function readDefinition(ctx: Ctx, given: TemplateDefinition): Promise<TemplateDefinition> {
  const faults: ProblemItem[] = []
  const locale = (tag: string, pointer: string) => {
    const known = normalizeLanguage(tag)
    if (known !== null) return known
    faults.push({
      code: 'invalid_value',
      detail: 'Must be a BCP 47 tag such as en or de-AT.',
      pointer,
      parameter: null,
    })
    return tag
  }
  const definition = {
    ...given,
    default_locale: locale(given.default_locale, '/default_locale'),
    texts: given.texts.map((texts, i) => ({ ...texts, locale: locale(texts.locale, `/texts/${i}/locale`) })),
  }
  faults.push(...findTemplateFaults(definition).map((fault) => ({ ...fault, parameter: null })))
  faults.push(...(await findSyntaxFaults(ctx, definition)))
  if (faults.length > 0) throw validationFailed(faults)
  return definition
}

/** Parsed in the render thread: a source that is made to be slow holds up nobody. */
async function findSyntaxFaults(ctx: Ctx, { texts }: TemplateDefinition): Promise<ProblemItem[]> {
  const outcome = await renderPool(ctx).inspect({ inspect: texts })
  if (!outcome.ok) return [{ code: 'template_syntax', detail: outcome.detail, pointer: '/texts', parameter: null }]
  return outcome.result.map(({ index, part, detail }) => ({
    code: 'template_syntax',
    detail,
    pointer: `/texts/${index}/${part}`,
    parameter: null,
  }))
}
