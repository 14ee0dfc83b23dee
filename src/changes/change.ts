/** A fact of the change feed: what happened to which object, with the object as it is now and what it was before. */

/** Every type of change with the object it is about. Adding one is additive: readers take types as open. */
export const CHANGE_TYPES = {
  'lead.created': 'lead',
  'lead.updated': 'lead',
  'lead.archived': 'lead',
  'lead.restored': 'lead',
  'lead.erased': 'lead',
  'lead.stage_changed': 'lead',
  'lead.score_changed': 'lead',
  'lead.enriched': 'lead',
  'lead.consent_changed': 'lead',
  'lead.qualified': 'lead',
  'lead.qualification_changed': 'lead',
  'segment.entered': 'lead',
  'segment.left': 'lead',
  'activity.recorded': 'activity',
  'activity.updated': 'activity',
  'lead.assigned': 'lead',
  'lead.unassigned': 'lead',
  'lead.queued': 'lead',
  'lead.unroutable': 'lead',
  'account.created': 'account',
  'account.updated': 'account',
  'account.archived': 'account',
  'account.restored': 'account',
  'form.created': 'form',
  'form.updated': 'form',
  'form_submission.received': 'form_submission',
  'form_submission.quarantined': 'form_submission',
  'form_submission.failed': 'form_submission',
  'message.sent': 'message',
  'message.delivered': 'message',
  'message.bounced': 'message',
  'message.complained': 'message',
  'message.replied': 'message',
  'message.clicked': 'message',
  'message.failed': 'message',
  'message.in_doubt': 'message',
  'message.withheld': 'message',
  'mail.warned': 'mail',
  'mail.paused': 'mail',
  'mail.resumed': 'mail',
  'suppression.created': 'suppression',
  'suppression.lifted': 'suppression',
  'enrollment.started': 'enrollment',
  'enrollment.completed': 'enrollment',
  'enrollment.stopped': 'enrollment',
  'enrollment.signaled': 'enrollment',
  'settings.updated': 'workspace',
  'custom_fields.updated': 'custom_fields',
  'policy.published': 'policy',
  'policy.retired': 'policy',
  'user.created': 'user',
  'user.updated': 'user',
  'teams.updated': 'teams',
  'webhook_endpoint.created': 'webhook_endpoint',
  'webhook_endpoint.updated': 'webhook_endpoint',
  'webhook_endpoint.disabled': 'webhook_endpoint',
  'webhook_endpoint.deleted': 'webhook_endpoint',
  'assignment.accepted': 'assignment',
  'assignment.rejected': 'assignment',
  'assignment.first_touched': 'assignment',
  'assignment.sla_at_risk': 'assignment',
  'assignment.sla_breached': 'assignment',
  'assignment.escalated': 'assignment',
  'buyer.created': 'buyer',
  'buyer.updated': 'buyer',
  'buyer_offer.sold': 'buyer_offer',
  'buyer_offer.in_doubt': 'buyer_offer',
  'buyer_offer.returned': 'buyer_offer',
  'buyer_sale.unsold': 'buyer_sale',
} as const

export type ChangeType = keyof typeof CHANGE_TYPES

/** A change before it has its place in the feed; the snapshot is stored as it will be read. */
export interface PendingChange {
  type: ChangeType
  object_id: string
  actor: string
  origin: string | null
  occurred_at: string
  /** The object as it is after the change, in wire form. */
  object: Record<string, unknown>
  changed_fields: string[]
  /** Former values of the changed fields. */
  previous: Record<string, unknown>
  /** What else a reader of this type needs, beside the object. */
  details?: Record<string, unknown>
}
