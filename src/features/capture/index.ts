/** Capture owns forms, their versions and addresses, raw submissions and their files. */
import type { Room } from '../../http/route.ts'
import { registerPages } from './pages/register-pages.ts'
import { addCorsHeaders } from './public-form.ts'
import { dryRunForm } from './routes/dry-run-form.ts'
import { getForm } from './routes/get-form.ts'
import { getFormSubmission } from './routes/get-form-submission.ts'
import { getFormVersion } from './routes/get-form-version.ts'
import { getPublicForm } from './routes/get-public-form.ts'
import { getSubmissionFileContent } from './routes/get-submission-file-content.ts'
import { listFormSubmissions } from './routes/list-form-submissions.ts'
import { listFormVersions } from './routes/list-form-versions.ts'
import { listForms } from './routes/list-forms.ts'
import { listLeadTouches } from './routes/list-lead-touches.ts'
import { putForm } from './routes/put-form.ts'
import { quarantineFormSubmission } from './routes/quarantine-form-submission.ts'
import { releaseFormSubmission } from './routes/release-form-submission.ts'
import { releaseFormSubmissions } from './routes/release-form-submissions.ts'
import { reprocessFormSubmission } from './routes/reprocess-form-submission.ts'
import { submitForm } from './routes/submit-form.ts'

export const capture: Room = {
  folder: 'capture',
  tag: 'Capture',
  description: 'Forms, public submissions, and the raw intake that nothing is ever lost from.',
  cors: addCorsHeaders,
  pages: registerPages,
  routes: [
    getPublicForm,
    submitForm,
    listForms,
    getForm,
    putForm,
    listFormVersions,
    getFormVersion,
    dryRunForm,
    listFormSubmissions,
    getFormSubmission,
    getSubmissionFileContent,
    releaseFormSubmission,
    releaseFormSubmissions,
    quarantineFormSubmission,
    reprocessFormSubmission,
    listLeadTouches,
  ],
}
