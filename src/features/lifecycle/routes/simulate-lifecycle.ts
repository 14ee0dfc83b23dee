import { AsyncOperation, accepted } from '../../../http/operation-schemas.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { lifecycles } from '../lifecycle-endpoints.ts'
import { startSimulation } from '../simulation-service.ts'
import { SimulationRequest } from '../stage-schemas.ts'

export const simulateLifecycle = defineRoute({
  method: 'POST',
  url: '/settings/lifecycle/simulations',
  operationId: 'simulateLifecycle',
  summary: 'Simulate the draft of the lifecycle',
  description:
    'Runs every lead, or those of a filter, through the draft without moving any. The `result` of the operation tells how ' +
    'many `leads` were tried, how many would have `changed`, and `moves`: from which stage to which, how many, and a sample ' +
    'of their ids. 409 without a draft.',
  access: { ...lifecycles.acts, scope: 'settings:read' },
  body: ref(SimulationRequest),
  responses: { 202: { description: 'The simulation, to be watched.', schema: ref(AsyncOperation) } },
  problems: [409],
  handle: async (ctx, { caller, body }) => accepted(await startSimulation(ctx, caller, body.filter ?? null)),
})
