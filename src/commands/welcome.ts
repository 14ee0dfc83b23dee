/** What a person sees after a start: where things are, and two commands to try. */
import path from 'node:path'
import type { Config } from '../config.ts'
import { DEMO_FORM_KEY } from '../features/capture/demo-form.ts'
import type { Running } from '../server.ts'

/** The text of the welcome. The keys are in it only when they were made by this start. */
export function welcome({ address, database, firstKeys, ctx }: Running): string {
  const base = ctx.config.PUBLIC_URL ?? address ?? ''
  const key = firstKeys?.secret ?? '$LEADWELL_KEY'
  const lines = [
    '',
    `  Leadwell is ready at ${base}`,
    '',
    `  Reference   ${base}/docs`,
    `  Demo form   ${base}/f/${DEMO_FORM_KEY}`,
    `  Database    ${database.note}`,
    `  Mail        ${mailLine(ctx.config, base)}`,
    ...keyLines(firstKeys),
    '',
    '  Capture a lead:',
    `    curl -s ${base}/v1/public/forms/${DEMO_FORM_KEY}/submissions -H 'Content-Type: application/json' \\`,
    `      -d '{"full_name":"Ada Lovelace","email":"ada@example.org","interest":"demo"}'`,
    '',
    '  Read it back:',
    // In double quotes, so that the shell puts the variable in.
    `    curl -s '${base}/v1/leads?email=ada@example.org' -H "Authorization: Bearer ${key}"`,
    '',
    '  Stop with Ctrl-C.',
    '',
  ]
  return lines.join('\n')
}

/** Where mail goes: nobody should wonder why none arrives. */
function mailLine({ SMTP_URL, DATA_DIR, NODE_ENV }: Config, base: string): string {
  if (SMTP_URL !== undefined) return `by SMTP to ${new URL(SMTP_URL).host}`
  const page = NODE_ENV === 'production' ? '' : `, shown at ${base}/dev/mail`
  return `no mail server is set up (SMTP_URL): into files in ${path.resolve(DATA_DIR, 'mail')}${page}`
}

function keyLines(keys: Running['firstKeys']): string[] {
  if (keys === null) return ['  Keys        made before; `npm run leadwell -- keys create` makes another']
  return [
    `  Secret key  ${keys.secret}`,
    '              shown once: keep it; `npm run leadwell -- keys create` makes another',
    `  Public key  ${keys.publishable}`,
  ]
}
