/** Situations that statuses of the mail room need. */
import { createHmac } from 'node:crypto'
import { withWorkspace } from '../../src/db/client.ts'
import { type LinkRef, refKeysOf, writeRef } from '../../src/domain/mail/link-ref.ts'
import { decodeTypeId } from '../../src/domain/type-id.ts'
import { type Provoke, real, type Stage } from './openapi-stage.ts'

type RefKind = LinkRef['kind']

const newTemplate: Provoke = async (stage) => stage.send({ ...(await real(stage)), path: '/v1/templates/brand-new' })

const noSuchTemplate: Provoke = async (stage) => {
  const request = await real(stage)
  await stage.send({ ...request, path: request.path.replace('welcome', 'no-such') })
}

const twice: Provoke = async (stage) => {
  const request = await real(stage)
  await stage.send(request)
  await stage.send(request)
}

const newSender: Provoke = async (stage) =>
  stage.send({ ...(await real(stage)), path: '/v1/settings/senders/brand-new' })

const noSuchSender: Provoke = async (stage) => {
  const request = await real(stage)
  await stage.send({ ...request, path: request.path.replace('news', 'no-such') })
}

/** A worker that ended between the hand-over and the reply leaves this behind. */
const inDoubt: Provoke = async (stage) => {
  const request = await real(stage)
  const { service, workspaceId } = stage.world
  const doubt = { name: 'test_doubt', text: "UPDATE messages SET state = 'in_doubt' WHERE workspace_id = $1" }
  await withWorkspace(service.ctx.db, workspaceId, (tx) => tx.query(doubt, [workspaceId]))
  await stage.send(request)
}

/** What a caller names and nobody has. */
const unknownTemplate: Provoke = async (stage) => {
  const content = { to: { email: 'ada@example.org' }, template_key: 'no-such' }
  await stage.send({ ...(await real(stage)), body: JSON.stringify(content) })
}

/** One mail: the example shows every way to say to whom and what. */
const oneMail: Provoke = async (stage) => {
  const mail = { to: { email: 'ada@example.org' }, template_key: 'welcome' }
  await stage.send({ ...(await real(stage)), body: JSON.stringify(mail) })
}

/** The reference that a mail would carry, for a mail or a confirmation of this workspace. */
const reference = async (stage: Stage, kind: RefKind): Promise<string> => {
  const { call, service, workspaceId } = stage.world
  const lead = (await call('POST', '/v1/leads', { email: `reader-${Math.random()}@example.org` })).json().id
  const wish = { purpose: 'marketing', wording: 'Yes, send me news by e-mail.' }
  const made = (await call('POST', `/v1/leads/${lead}/confirmations`, wish)).json()
  const id = kind === 'confirm' ? decodeTypeId('confirmation', made.id) : decodeTypeId('message', made.message_id)
  const of = kind === 'inbox' ? workspaceId : (id ?? '')
  return writeRef(refKeysOf(service.ctx.secret), { kind, workspace_id: workspaceId, id: of, index: 0 })
}

const byReference =
  (kind: RefKind): Provoke =>
  async (stage) => {
    const request = await real(stage)
    await stage.send({ ...request, path: request.path.replace(/A{60,}/, await reference(stage, kind)) })
  }

const expiredLink: Provoke = async (stage) => {
  const { service, workspaceId } = stage.world
  const ref = await reference(stage, 'confirm')
  const expire = {
    name: 'test_expire',
    text: 'UPDATE confirmations SET expires_at = requested_at WHERE workspace_id = $1',
  }
  await withWorkspace(service.ctx.db, workspaceId, (tx) => tx.query(expire, [workspaceId]))
  const request = await real(stage)
  await stage.send({ ...request, path: request.path.replace(/A{60,}/, ref) })
}

const MAILGUN = '/v1/settings/mail-providers/mailgun'

const callback =
  (key: string): Provoke =>
  async (stage) => {
    await stage.world.call('PUT', MAILGUN, { secret: 'key-0123456789' }, { 'if-match': '*' })
    const request = await real(stage)
    const path = request.path.replace(/[^/]+$/, await reference(stage, 'inbox'))
    const signed = { timestamp: String(Math.floor(Date.now() / 1000)), token: 'token' }
    const signature = createHmac('sha256', key)
      .update(signed.timestamp + signed.token)
      .digest('hex')
    await stage.send({
      ...request,
      path,
      body: JSON.stringify({ signature: { ...signed, signature }, 'event-data': {} }),
    })
  }

const slowTemplate: Provoke = async (stage) => {
  const html = '{% for i in (1..9999999) %}{% for j in (1..9999999) %}x{% endfor %}{% endfor %}'
  await stage.world.call('PUT', '/v1/templates/slow', { texts: [{ locale: 'en', subject: 'Slow', html }] })
  await stage.send({ ...(await real(stage)), path: '/v1/templates/slow/render', body: '{}' })
}

/** A template that no sequence mails with. */
const unusedTemplate: Provoke = async (stage) => {
  await stage.world.call('PUT', '/v1/templates/unused', { texts: [{ locale: 'en', subject: 'Hello', text: 'Hello' }] })
  await stage.send({ ...(await real(stage)), path: '/v1/templates/unused' })
}

/** A sequence that mails by the sender is published. */
const usedSender: Provoke = async (stage) => {
  const email = { template_key: 'welcome', sender_key: 'news' }
  await stage.world.call('PUT', '/v1/sequences/by-news', { steps: [{ key: 'one', kind: 'email', email }] })
  await stage.world.call('POST', '/v1/sequences/by-news/publish')
  await stage.send(await real(stage))
}

const preview: Provoke = async (stage) => stage.send({ ...(await real(stage)), body: '{}' })

const testMail: Provoke = async (stage) =>
  stage.send({ ...(await real(stage)), body: JSON.stringify({ to_email: 'me@example.org' }) })

const reachable: Provoke = async (stage) => {
  const { call } = stage.world
  const lead = (await call('POST', '/v1/leads', { email: 'reachable@example.org' })).json().id
  const request = await real(stage)
  await stage.send({ ...request, path: request.path.replace(/lead_[^/]+/, lead) })
}

export const NURTURING_STAGES: Record<string, Provoke> = {
  'createSuppression 200': twice,
  'renderTemplate 200': preview,
  'renderTemplate 404': noSuchTemplate,
  'renderTemplate 422': slowTemplate,
  'testSendTemplate 201': testMail,
  'testSendTemplate 404': noSuchTemplate,
  'requestConfirmation 201': reachable,
  'unsubscribeByLink 204': byReference('leave'),
  'getMailPreferences 200': byReference('leave'),
  'updateMailPreferences 200': byReference('leave'),
  'confirmConsent 200': byReference('confirm'),
  'confirmConsent 422': expiredLink,
  'receiveInboundMail 202': byReference('inbox'),
  'receiveMailEvents 200': callback('key-0123456789'),
  'receiveMailEvents 401': callback('another key'),
  'putSender 201': newSender,
  'deleteSender 404': noSuchSender,
  'deleteSender 409': usedSender,
  'resolveMessage 200': inDoubt,
  'createMessage 201': oneMail,
  'createMessage 422': unknownTemplate,
  'putTemplate 201': newTemplate,
  'deleteTemplate 204': unusedTemplate,
  'deleteTemplate 404': noSuchTemplate,
  'listTemplateVersions 404': noSuchTemplate,
}
