/** Nurturing owns templates, senders, messages, suppressions and what comes back from mail. */
import type { Room } from '../../http/route.ts'
import { deleteTemplate } from './routes/delete-template.ts'
import { getTemplate } from './routes/get-template.ts'
import { getTemplateVersion } from './routes/get-template-version.ts'
import { listTemplateVersions } from './routes/list-template-versions.ts'
import { listTemplates } from './routes/list-templates.ts'
import { putTemplate } from './routes/put-template.ts'

export const nurturing: Room = {
  folder: 'nurturing',
  tag: 'Nurturing',
  description: 'Mail: templates, sending, what became of it, and opting out.',
  routes: [listTemplates, getTemplate, putTemplate, deleteTemplate, listTemplateVersions, getTemplateVersion],
}
