/** Activities owns what people record about leads; what the service tells in the timeline is the pipeline's. */
import type { Room } from '../../http/route.ts'
import { batchCreateActivities } from './routes/batch-create-activities.ts'
import { createActivity } from './routes/create-activity.ts'
import { getActivity } from './routes/get-activity.ts'
import { listActivities } from './routes/list-activities.ts'
import { updateActivity } from './routes/update-activity.ts'

export const activities: Room = {
  folder: 'activities',
  tag: 'Activities',
  description: 'Calls, meetings, notes, tasks and what else people do with leads.',
  routes: [listActivities, createActivity, batchCreateActivities, getActivity, updateActivity],
}
