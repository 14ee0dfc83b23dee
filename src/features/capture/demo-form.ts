/** The form that a new installation comes with. */
import type { Caller, Ctx } from '../../ctx.ts'
import { completeDefinition } from '../../domain/form.ts'
import { findForm } from './form-queries.ts'
import { saveFormDefinition } from './form-service.ts'

export const DEMO_FORM_KEY = 'demo'

const DEMO_FORM = completeDefinition({
  title: 'Contact us',
  fields: [
    { name: 'full_name', type: 'text', label: 'Your name', maps_to: 'full_name', required: true, max_length: 200 },
    { name: 'email', type: 'email', label: 'E-mail', maps_to: 'email', required: true },
    { name: 'phone', type: 'phone', label: 'Phone', maps_to: 'phone' },
    { name: 'company_name', type: 'text', label: 'Company', maps_to: 'company_name', max_length: 200 },
    {
      name: 'interest',
      type: 'select',
      label: 'What is it about?',
      maps_to: 'custom_fields.interest',
      options: [
        { value: 'demo', label: 'I would like a demo' },
        { value: 'pricing', label: 'I have a question about pricing' },
        { value: 'other', label: 'Something else' },
      ],
    },
    { name: 'message', type: 'textarea', label: 'Message', maps_to: 'custom_fields.message', max_length: 5000 },
  ],
  success_message: 'Thank you. We will be in touch today.',
})

/** Makes the demo form unless a form of that key exists. */
export async function ensureDemoForm(ctx: Ctx, workspaceId: string): Promise<void> {
  if ((await findForm(ctx.db, workspaceId, DEMO_FORM_KEY)) !== undefined) return
  const system: Caller = { workspaceId, actor: 'system', origin: null, scopes: new Set(), keyId: null, keyKind: null }
  await saveFormDefinition(ctx, system, DEMO_FORM_KEY, DEMO_FORM, { ifMatchVersion: null, createOnly: true })
}
