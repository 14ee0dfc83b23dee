/** Forms that the browser tests make, each under a key of its own. */
import { callApi, type StoredSubmission, submissionsOf } from './chromium.ts'

const PROJECT = {
  title: 'Tell us about your project',
  submit_label: 'Request a proposal',
  success_message: 'Thank you. You will hear from us by tomorrow noon.',
  fields: [
    { name: 'full_name', type: 'text', label: 'Your name', required: true, maps_to: 'full_name' },
    {
      name: 'email',
      type: 'email',
      label: 'Work e-mail',
      required: true,
      maps_to: 'email',
      help: 'We answer here and nowhere else.',
    },
    { name: 'budget', type: 'number', label: 'Budget in euro' },
    {
      name: 'tools',
      type: 'multi_select',
      label: 'What do you use today?',
      options: [
        { value: 'crm', label: 'A CRM' },
        { value: 'sheet', label: 'Spreadsheets' },
      ],
    },
    { name: 'brief', type: 'file', label: 'Brief', accept: ['application/pdf', '.pdf'] },
    { name: 'campaign', type: 'hidden' },
  ],
  consents: [
    { key: 'terms', purpose: 'service', channel: 'any', text: 'I have read the privacy notice.', required: true },
  ],
  locales: [
    {
      locale: 'de',
      title: 'Erzählen Sie uns von Ihrem Vorhaben',
      submit_label: 'Angebot anfordern',
      success_message: 'Vielen Dank. Sie hören bis morgen Mittag von uns.',
      fields: [
        { name: 'full_name', label: 'Ihr Name' },
        { name: 'email', label: 'E-Mail (geschäftlich)' },
      ],
      consents: [{ key: 'terms', text: 'Ich habe die Hinweise zum Datenschutz gelesen.' }],
    },
  ],
}

/** Makes a form; `more` replaces parts of its definition. Returns where it is submitted to. */
export async function makeForm(key: string, more: object = {}): Promise<string> {
  const form = await callApi('PUT', `/v1/forms/${key}`, { ...PROJECT, ...more })
  return String(form['submit_path'])
}

/** The only submission of a form, once there is one and the pipeline is done with it. */
export async function onlySubmission(key: string): Promise<StoredSubmission> {
  for (const until = Date.now() + 10_000; ; ) {
    const found = await submissionsOf(key)
    if (found.length > 1) throw new Error(`${key} has ${found.length} submissions`)
    const [submission] = found
    if (submission !== undefined && submission.state !== 'received') return submission
    if (Date.now() > until) throw new Error(`${key}: ${submission?.state ?? 'no submission'}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
