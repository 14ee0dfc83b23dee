/** Sequences owns nurturing over time: versioned graphs of steps, and the leads inside them. */
import type { Room } from '../../http/route.ts'
import { createEnrollments } from './routes/create-enrollments.ts'
import { diffSequence } from './routes/diff-sequence.ts'
import { getEnrollment } from './routes/get-enrollment.ts'
import { getSequence } from './routes/get-sequence.ts'
import { getSequenceStats } from './routes/get-sequence-stats.ts'
import { getSequenceVersion } from './routes/get-sequence-version.ts'
import { listEnrollments } from './routes/list-enrollments.ts'
import { listSequenceVersions } from './routes/list-sequence-versions.ts'
import { listSequences } from './routes/list-sequences.ts'
import { publishSequence } from './routes/publish-sequence.ts'
import { putSequence } from './routes/put-sequence.ts'
import { rehearseSequence } from './routes/rehearse-sequence.ts'
import { retireSequence } from './routes/retire-sequence.ts'
import { updateEnrollment } from './routes/update-enrollment.ts'

export const sequences: Room = {
  folder: 'sequences',
  tag: 'Sequences',
  description: 'Graphs of steps that leads walk through in their own time, and who is inside.',
  routes: [
    listSequences,
    getSequence,
    putSequence,
    retireSequence,
    publishSequence,
    listSequenceVersions,
    getSequenceVersion,
    diffSequence,
    rehearseSequence,
    getSequenceStats,
    listEnrollments,
    createEnrollments,
    getEnrollment,
    updateEnrollment,
  ],
}
