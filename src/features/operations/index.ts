/** Operations shows long work of every kind, and cancels it; whoever starts it owns what it does. */
import type { Room } from '../../http/route.ts'
import { cancelOperation } from './routes/cancel-operation.ts'
import { getOperation } from './routes/get-operation.ts'
import { listOperations } from './routes/list-operations.ts'

export const operations: Room = {
  folder: 'operations',
  tag: 'Operations',
  description: 'Long work: how far it is, what came of it, and stopping it.',
  routes: [listOperations, getOperation, cancelOperation],
}
