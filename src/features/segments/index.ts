/** Segments owns the groups of leads: what they are, who is in, who was, and why. */
import type { Room } from '../../http/route.ts'
import { addSegmentMembers } from './routes/add-segment-members.ts'
import { deleteSegment } from './routes/delete-segment.ts'
import { diffSegment } from './routes/diff-segment.ts'
import { explainSegmentMember } from './routes/explain-segment-member.ts'
import { getSegment } from './routes/get-segment.ts'
import { getSegmentVersion } from './routes/get-segment-version.ts'
import { listSegmentMembers } from './routes/list-segment-members.ts'
import { listSegmentVersions } from './routes/list-segment-versions.ts'
import { listSegments } from './routes/list-segments.ts'
import { previewSegment } from './routes/preview-segment.ts'
import { publishSegment } from './routes/publish-segment.ts'
import { putSegment } from './routes/put-segment.ts'
import { removeSegmentMembers } from './routes/remove-segment-members.ts'

export const segments: Room = {
  folder: 'segments',
  tag: 'Segments',
  description: 'Groups of leads that follow a condition or are put together by hand, with who was in at any time.',
  routes: [
    listSegments,
    getSegment,
    putSegment,
    deleteSegment,
    publishSegment,
    listSegmentVersions,
    getSegmentVersion,
    diffSegment,
    previewSegment,
    listSegmentMembers,
    addSegmentMembers,
    removeSegmentMembers,
    explainSegmentMember,
  ],
}
