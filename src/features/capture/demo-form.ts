/** The form that a new installation comes with. */
import type { Caller, Ctx } from '../../ctx.ts'
import type { FormDefinition, FormField } from '../../domain/form.ts'
import { findForm } from './form-queries.ts'
import { saveFormDefinition } from './form-service.ts'

export const DEMO_FORM_KEY = 'demo'

const field = (name: string, type: FormField['type'], label: string, more: Partial<FormField> = {}): FormField => ({
  name,
  type,
  label,
  required: false,
  max_length: null,
  options: [],
  maps_to: name,
  ...more,
})

const DEMO_FORM: FormDefinition = {
  title: 'Contact us',
  status: 'active',
  fields: [
    field('full_name', 'text', 'Your name', { required: true, max_length: 200 }),
    field('email', 'email', 'E-mail', { required: true }),
    field('phone', 'phone', 'Phone'),
    field('company_name', 'text', 'Company', { max_length: 200 }),
    field('interest', 'select', 'What is it about?', {
      maps_to: 'custom_fields.interest',
      options: [
        { value: 'demo', label: 'I would like a demo' },
        { value: 'pricing', label: 'I have a question about pricing' },
        { value: 'other', label: 'Something else' },
      ],
    }),
    field('message', 'textarea', 'Message', { maps_to: 'custom_fields.message', max_length: 5000 }),
  ],
  allowed_origins: [],
  success_url: null,
  allowed_redirects: [],
  success_message: 'Thank you. We will be in touch today.',
  default_source_key: null,
  default_campaign_key: null,
  default_country: null,
}

/** Makes the demo form unless a form of that key exists. */
export async function ensureDemoForm(ctx: Ctx, workspaceId: string): Promise<void> {
  if ((await findForm(ctx.db, workspaceId, DEMO_FORM_KEY)) !== undefined) return
  const system: Caller = { workspaceId, actor: 'system', origin: null, scopes: new Set(), keyId: null, keyKind: null }
  await saveFormDefinition(ctx, system, DEMO_FORM_KEY, DEMO_FORM, { ifMatchVersion: null, createOnly: true })
}
