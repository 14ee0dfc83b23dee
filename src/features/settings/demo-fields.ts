/** The custom fields that the demo form of a new installation writes. */
import type { Ctx } from '../../ctx.ts'
import type { CustomField } from '../../domain/custom-field.ts'
import { ensureFirstCustomFields } from './custom-field-service.ts'

const option = (value: string, label: string) => ({ value, label, archived: false })

const DEMO_FIELDS: CustomField[] = [
  {
    key: 'interest',
    label: 'Interest',
    type: 'option',
    options: [option('demo', 'A demo'), option('pricing', 'Pricing'), option('other', 'Something else')],
    archived: false,
  },
  { key: 'message', label: 'Message', type: 'text', options: [], archived: false },
]

/** Defines them at the first start; what a workspace has defined since stays. */
export async function ensureDemoCustomFields(ctx: Ctx, workspaceId: string): Promise<void> {
  await ensureFirstCustomFields(ctx, workspaceId, DEMO_FIELDS)
}
