/** Nurturing owns templates, senders, messages, suppressions and what comes back from mail. */

import type { Room } from '../../http/route.ts'
import { registerMailPages } from './pages/register-mail-pages.ts'
import { batchCreateSuppressions } from './routes/batch-create-suppressions.ts'
import { confirmConsent } from './routes/confirm-consent.ts'
import { createMessage } from './routes/create-message.ts'
import { createSuppression } from './routes/create-suppression.ts'
import { deleteSender } from './routes/delete-sender.ts'
import { deleteTemplate } from './routes/delete-template.ts'
import { exportSuppressions } from './routes/export-suppressions.ts'
import { getConfirmation } from './routes/get-confirmation.ts'
import { getMailPreferences } from './routes/get-mail-preferences.ts'
import { getMailProvider } from './routes/get-mail-provider.ts'
import { getMailSettings } from './routes/get-mail-settings.ts'
import { getMailStatus } from './routes/get-mail-status.ts'
import { getMessage } from './routes/get-message.ts'
import { getSender } from './routes/get-sender.ts'
import { getSuppression } from './routes/get-suppression.ts'
import { getTemplate } from './routes/get-template.ts'
import { getTemplateVersion } from './routes/get-template-version.ts'
import { liftSuppression } from './routes/lift-suppression.ts'
import { listMessageEvents } from './routes/list-message-events.ts'
import { listMessages } from './routes/list-messages.ts'
import { listSenders } from './routes/list-senders.ts'
import { listSuppressions } from './routes/list-suppressions.ts'
import { listTemplateVersions } from './routes/list-template-versions.ts'
import { listTemplates } from './routes/list-templates.ts'
import { putMailProvider } from './routes/put-mail-provider.ts'
import { putMailSettings } from './routes/put-mail-settings.ts'
import { putSender } from './routes/put-sender.ts'
import { putTemplate } from './routes/put-template.ts'
import { receiveInboundMail } from './routes/receive-inbound-mail.ts'
import { receiveMailEvents } from './routes/receive-mail-events.ts'
import { renderTemplate } from './routes/render-template.ts'
import { requestConfirmation } from './routes/request-confirmation.ts'
import { resolveMessage } from './routes/resolve-message.ts'
import { resumeMail } from './routes/resume-mail.ts'
import { testSendTemplate } from './routes/test-send-template.ts'
import { unsubscribeByLink } from './routes/unsubscribe-by-link.ts'
import { updateMailPreferences } from './routes/update-mail-preferences.ts'

export const nurturing: Room = {
  folder: 'nurturing',
  tag: 'Nurturing',
  description: 'Mail: templates, sending, what became of it, and opting out.',
  pages: registerMailPages,
  routes: [
    listTemplates,
    getTemplate,
    putTemplate,
    deleteTemplate,
    listTemplateVersions,
    getTemplateVersion,
    listMessages,
    createMessage,
    getMessage,
    resolveMessage,
    listMessageEvents,
    listSenders,
    getSender,
    putSender,
    deleteSender,
    getMailSettings,
    putMailSettings,
    getMailStatus,
    resumeMail,
    getMailProvider,
    putMailProvider,
    listSuppressions,
    createSuppression,
    batchCreateSuppressions,
    exportSuppressions,
    getSuppression,
    liftSuppression,
    renderTemplate,
    testSendTemplate,
    requestConfirmation,
    getConfirmation,
    unsubscribeByLink,
    getMailPreferences,
    updateMailPreferences,
    confirmConsent,
    receiveInboundMail,
    receiveMailEvents,
  ],
}
