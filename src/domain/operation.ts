// An operation is long work that somebody started and can watch: it is queued, runs, and ends in one of three ways.

export const OPERATION_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'canceled'] as const

export type OperationStatus = (typeof OPERATION_STATUSES)[number]

/** Why an operation failed. */
export interface OperationError {
  code: string
  detail: string
}
