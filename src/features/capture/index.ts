/** Capture owns forms, their versions and addresses, raw submissions and their files. */
import type { Room } from '../../http/route.ts'
import { addCorsHeaders } from './public-form.ts'
import { getForm } from './routes/get-form.ts'
import { getFormSubmission } from './routes/get-form-submission.ts'
import { getPublicForm } from './routes/get-public-form.ts'
import { listFormSubmissions } from './routes/list-form-submissions.ts'
import { listForms } from './routes/list-forms.ts'
import { putForm } from './routes/put-form.ts'
import { reprocessFormSubmission } from './routes/reprocess-form-submission.ts'
import { submitForm } from './routes/submit-form.ts'

export const capture: Room = {
  folder: 'capture',
  tag: 'Capture',
  description: 'Forms, public submissions, and the raw intake that nothing is ever lost from.',
  cors: addCorsHeaders,
  routes: [
    getPublicForm,
    submitForm,
    listForms,
    getForm,
    putForm,
    listFormSubmissions,
    getFormSubmission,
    reprocessFormSubmission,
  ],
}
