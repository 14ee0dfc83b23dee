/** Long work on the wire: every endpoint that starts some answers 202 with this and its address. */
import { OPERATION_STATUSES } from '../domain/operation.ts'
import { encodeTypeId } from '../domain/type-id.ts'
import type { Answer } from './route.ts'
import {
  ClosedEnum,
  component,
  FreeMap,
  Id,
  Int,
  Nullable,
  NullableRef,
  pageOf,
  ref,
  Slug,
  Text,
  Timestamp,
} from './schema.ts'

const count = (description: string) => Int(0, Number.MAX_SAFE_INTEGER, { description, examples: [1200] })

const OperationProgressSchema = component('OperationProgress', 'How far an operation is.', {
  processed: count('Items that are done.'),
  failed: Int(0, Number.MAX_SAFE_INTEGER, { description: 'Items that could not be done.', examples: [0] }),
  total: Nullable(count('Items in all; null while nobody knows.')),
})

const OperationErrorSchema = component('OperationError', 'Why an operation failed.', {
  code: Text(100, { description: 'A code of the catalogue of problems.', examples: ['unprocessable'] }),
  detail: Text(2_000, { description: 'What went wrong.', examples: ['The draft is gone.'] }),
})

export const AsyncOperation = component('AsyncOperation', 'Long work with progress; kept for 30 days after its end.', {
  id: Id('operation', { description: 'Id.' }),
  kind: Slug({ description: 'What is done; more kinds may come.', examples: ['score_rescore'] }),
  status: ClosedEnum(OPERATION_STATUSES, { description: 'Where it stands.', examples: ['running'] }),
  progress: ref(OperationProgressSchema),
  resource_id: Nullable(
    Text(200, { description: 'Id or key of what it is about; null for the whole workspace.', examples: ['default'] }),
  ),
  result: FreeMap(50, {
    description: 'What came of it, by its kind: counts and ids; empty until it has succeeded.',
    examples: [{ changed: 117 }],
  }),
  error: NullableRef(OperationErrorSchema, 'Why it failed; null otherwise.'),
  actor: Text(200, { description: 'Who started it.', examples: ['key_01k8r5x4q3e7vb2c9m6h0n1d5s'] }),
  created_at: Timestamp({ description: 'When it was asked for.' }),
  started_at: Nullable(Timestamp({ description: 'When it first ran; null while it waits.' })),
  finished_at: Nullable(Timestamp({ description: 'When it ended; null before.' })),
})

export const AsyncOperationPage = pageOf('AsyncOperationPage', 'A page of operations, newest first.', AsyncOperation)

/** An operation as it is stored, as far as the wire shows it. */
export interface OperationFacts {
  id: string
  kind: string
  status: string
  processed: number
  failed: number
  total: number | null
  resource_id: string | null
  result: Record<string, unknown>
  error: { code: string; detail: string } | null
  actor: string
  created_at: string
  started_at: string | null
  finished_at: string | null
}

/** The wire form of an operation. */
export function toAsyncOperation(operation: OperationFacts) {
  const { id, kind, status, processed, failed, total, resource_id, result, error, actor } = operation
  const { created_at, started_at, finished_at } = operation
  return {
    id: encodeTypeId('operation', id),
    kind,
    status,
    progress: { processed, failed, total },
    resource_id,
    result,
    error,
    actor,
    created_at,
    started_at,
    finished_at,
  }
}

/** 202 with the operation and where to ask how it is. */
export function accepted(operation: OperationFacts): Answer {
  const body = toAsyncOperation(operation)
  return { status: 202, body, headers: { location: `/v1/operations/${body.id}` } }
}
