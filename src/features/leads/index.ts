/** Leads owns the API of leads; the pipeline owns their rows. */
import type { Room } from '../../http/route.ts'
import { archiveLead } from './routes/archive-lead.ts'
import { createLead } from './routes/create-lead.ts'
import { getLead } from './routes/get-lead.ts'
import { getLeadTimeline } from './routes/get-lead-timeline.ts'
import { listLeads } from './routes/list-leads.ts'
import { updateLead } from './routes/update-lead.ts'

export const leads: Room = {
  folder: 'leads',
  tag: 'Leads',
  description: 'People and contacts that may buy, and what happened to them.',
  routes: [listLeads, createLead, getLead, updateLead, archiveLead, getLeadTimeline],
}
