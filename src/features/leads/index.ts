/** Leads owns the API of leads; the pipeline owns their rows. */
import type { Room } from '../../http/route.ts'
import { archiveLead } from './routes/archive-lead.ts'
import { batchUpsertLeads } from './routes/batch-upsert-leads.ts'
import { createLead } from './routes/create-lead.ts'
import { getLead } from './routes/get-lead.ts'
import { getLeadFieldSources } from './routes/get-lead-field-sources.ts'
import { getLeadTimeline } from './routes/get-lead-timeline.ts'
import { getReceipt } from './routes/get-receipt.ts'
import { listLeadDecisions } from './routes/list-lead-decisions.ts'
import { listLeads } from './routes/list-leads.ts'
import { searchLeads } from './routes/search-leads.ts'
import { updateLead } from './routes/update-lead.ts'
import { upsertLeadByExternalId } from './routes/upsert-lead-by-external-id.ts'

export const leads: Room = {
  folder: 'leads',
  tag: 'Leads',
  description: 'People and contacts that may buy, and what happened to them.',
  routes: [
    listLeads,
    createLead,
    searchLeads,
    upsertLeadByExternalId,
    batchUpsertLeads,
    getLead,
    updateLead,
    archiveLead,
    getLeadTimeline,
    getLeadFieldSources,
    listLeadDecisions,
    getReceipt,
  ],
}
