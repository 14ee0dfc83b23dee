// The way to the mail server: who it is is proved before it hears our password, and never given up for a server that
// cannot. By real processes, since whom Node trusts is decided when it starts.
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { commandLine } from '../helpers/command-line.ts'
import { testDatabase } from '../helpers/database.ts'
import { MAIL_SERVER_CERTIFICATE, mailServer } from '../helpers/mail-server.ts'
import { serviceProcess } from '../helpers/service-process.ts'

const AUTH = { user: 'leadwell', pass: 'correct-horse' }
const TRUSTS = { NODE_EXTRA_CA_CERTS: MAIL_SERVER_CERTIFICATE }
const { url: databaseUrl } = await testDatabase(t)
const { run } = commandLine(databaseUrl)
const polite = { at: () => undefined, auth: AUTH }

const smtpUrl = (scheme: 'smtp' | 'smtps', port: number, pass = AUTH.pass) =>
  `${scheme}://${AUTH.user}:${pass}@localhost:${port}`

/** What doctor says of mail. */
async function ask(SMTP_URL: string, env: Record<string, string> = TRUSTS): Promise<string> {
  const { out } = await run(['doctor'], { ...env, SMTP_URL })
  return /^ {2}\w+ +mail +.*$/m.exec(out)?.[0] ?? out
}

t.test('doctor logs in over STARTTLS, and over TLS from the first byte', async (t) => {
  const starttls = await mailServer(t, { ...polite, tls: 'starttls' })
  t.match(await ask(smtpUrl('smtp', starttls.port)), /ok +mail +.* answers and takes our login/)
  const tls = await mailServer(t, { ...polite, tls: 'tls' })
  t.match(await ask(smtpUrl('smtps', tls.port)), /ok +mail +.* answers and takes our login/)
  t.same([starttls.logins(), tls.logins()], [1, 1])
})

t.test('a server that nobody vouches for, or without encryption, never hears the password', async (t) => {
  const stranger = await mailServer(t, { ...polite, tls: 'starttls' })
  t.match(await ask(smtpUrl('smtp', stranger.port), {}), /fail +mail +.*certificate/)
  const plain = await mailServer(t, polite)
  t.match(await ask(smtpUrl('smtp', plain.port)), /fail +mail +.*STARTTLS/)
  t.same([stranger.logins(), plain.logins()], [0, 0])
})

t.test('a wrong password is told, and not repeated', async (t) => {
  const server = await mailServer(t, { ...polite, tls: 'starttls' })
  const said = await ask(smtpUrl('smtp', server.port, 'battery-staple'))
  t.match(said, /fail +mail +.*refuses us: 535/)
  t.notMatch(said, 'battery-staple')
})

t.test('mail itself goes over STARTTLS', async (t) => {
  const server = await mailServer(t, { ...polite, tls: 'starttls' })
  const env = { ...TRUSTS, SMTP_URL: smtpUrl('smtp', server.port), MAIL_FROM: 'hello@leads.test' }
  const service = await serviceProcess(t, { databaseUrl, env })
  await service.start()
  const call = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${service.key}`, 'content-type': 'application/json' }
    const answer = await fetch(service.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    return (await answer.json()) as { id: string; state: string }
  }
  await call('PUT', '/v1/templates/hello', { texts: [{ locale: 'en', subject: 'Hello', text: 'Hello' }] })
  const { id } = await call('POST', '/v1/templates/hello/test-send', { to_email: 'colleague@leads.test' })
  let state = ''
  for (const until = Date.now() + 20_000; state !== 'sent' && Date.now() < until; await pause(50)) {
    state = (await call('GET', `/v1/messages/${id}`)).state
  }
  t.equal(state, 'sent')
  t.match(server.received, [{ to: 'colleague@leads.test', raw: /^Subject: Hello$/m }])
})
