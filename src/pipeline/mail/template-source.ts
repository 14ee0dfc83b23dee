/** Templates as senders of mail read them. */
import type { Statement, Tx } from '../../db/client.ts'
import type { TemplateDefinition } from '../../domain/mail/template.ts'

export interface TemplateSource {
  template_key: string
  version: number
  definition: TemplateDefinition
}

const listStatement: Statement = {
  name: 'list_templates_for_mail',
  text: `SELECT template_key, version, definition FROM templates WHERE workspace_id = $1 AND template_key = ANY($2::text[]) AND NOT deleted`,
}

/** The current versions of these templates, by key. */
export async function listTemplatesOf(tx: Tx, keys: string[]): Promise<Map<string, TemplateSource>> {
  if (keys.length === 0) return new Map()
  const rows = await tx.query<TemplateSource>(listStatement, [tx.workspaceId, [...new Set(keys)]])
  return new Map(rows.map((row) => [row.template_key, row]))
}
