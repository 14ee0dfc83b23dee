/** What a sequence tells sellers is Liquid like a template: what cannot be parsed is refused before anybody waits for it. */
import { renderPool } from '../../connectors/mail/render-pool.ts'
import type { Ctx } from '../../ctx.ts'
import type { SequenceDefinition } from '../../domain/sequence/sequence.ts'
import type { SequenceFault } from '../../domain/sequence/sequence-faults.ts'

/** Faults of the subjects and texts of notices; parsed in the render thread, which a slow source cannot hold up. */
export async function findNoticeFaults(ctx: Ctx, { steps }: SequenceDefinition): Promise<SequenceFault[]> {
  const notices = steps.flatMap(({ notify }, i) => (notify === null ? [] : [{ notify, pointer: `/steps/${i}/notify` }]))
  if (notices.length === 0) return []
  const inspect = notices.map(({ notify: { subject, text } }) => ({ subject, preheader: '', html: null, text }))
  const outcome = await renderPool(ctx).inspect({ inspect })
  if (!outcome.ok) return [{ code: 'template_syntax', detail: outcome.detail, pointer: '/steps' }]
  return outcome.result.map(({ index, part, detail }) => ({
    code: 'template_syntax',
    detail,
    pointer: `${notices[index]?.pointer ?? '/steps'}/${part}`,
  }))
}
