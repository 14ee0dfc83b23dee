import { createHash, createVerify, generateKeyPairSync } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import t from 'tap'
import { compose } from '../../src/connectors/mail/compose.ts'
import { buildMime, type MimeWords, wordyHeader } from '../../src/connectors/mail/mime.ts'
import type { MailFrame, MailJob } from '../../src/connectors/mail/render-job.ts'
import { createRenderPool } from '../../src/connectors/mail/render-pool.ts'
import { refKeysOf } from '../../src/domain/mail/link-ref.ts'

const secret = Buffer.alloc(32, 7)
const keys = refKeysOf(secret)

const FRAME: MailFrame = {
  workspace_id: '01890a5d-ac96-774b-bcce-b302099a8057',
  message_id: '01890a5d-ac96-774b-bcce-b302099a8058',
  tag: 'bounce+abc',
  rfc_message_id: '<0123456789abcdef@engines.test>',
  date: '2026-11-22T12:00:00.000Z',
  from: { name: 'Engines & Söhne, "Ltd"', address: 'news@engines.test' },
  reply_to: 'ask@engines.test',
  to: { name: 'Ada, <x@evil.test>', address: 'ada@example.org' },
  leave_url: `https://leadwell.test/u/${'x'.repeat(70)}`,
  click_base: 'https://leadwell.test',
  pixel_url: null,
  dkim: null,
}

const jobOf = (html: string, frame: Partial<MailFrame> = {}): MailJob => ({
  sources: { subject: 'Grüße an {{ lead.first_name }}', preheader: '', html, text: null },
  layout: 'default',
  locale: 'en',
  scope: { lead: { first_name: 'Ada' } },
  sender: { name: 'Engines', postal_address: 'Engine Road 1' },
  leave_url: FRAME.leave_url,
  frame: { ...FRAME, ...frame },
})

const textOf = (words: MimeWords) => {
  const { headers, body } = buildMime(wordyHeader('Subject', 'x'), words, 'mark')
  return `${headers.join('\r\n')}\r\n\r\n${body}`
}
const linesOf = (text = '') => text.replace(/\r\n?/g, '\n').trimEnd()

t.test('whatever the words are, a mail client reads them as they were', async (t) => {
  const letters = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.stringMatching(/^[ \t=.a-z\r\n]{0,400}$/),
    fc.stringMatching(/^[äöü a-z\n]{0,400}$/),
    fc.stringMatching(/^[a-z -]{70,300}$/),
  )
  await fc.assert(
    fc.asyncProperty(letters, fc.option(letters), async (text, html) => {
      const mail = textOf({ text, html })
      t.notMatch(mail, /[^\r]\n|\r[^\n]|[^\r\n\t\x20-\x7e]|^[^\r\n]{77}/m)
      const read = await PostalMime.parse(Buffer.from(mail, 'latin1'))
      return linesOf(read.text) === linesOf(text) && (html === null || linesOf(read.html) === linesOf(html))
    }),
    { numRuns: 300 },
  )
})

t.test('an alphabet decides how a part is written, and plain lines stay plain', async (t) => {
  const encodings = (text: string) => /Content-Transfer-Encoding: (\S+)/.exec(textOf({ text, html: null }))?.[1]
  t.equal(encodings('Hello\nAda'), '7bit')
  t.equal(encodings('Schöne Grüße aus Köln'), 'quoted-printable')
  t.equal(encodings('x'.repeat(77)), 'quoted-printable')
  t.equal(encodings('Привет, Ада'), 'base64')
})

t.test('a mail has its headers, one recipient, and the same bytes whenever it is made', async (t) => {
  const job = jobOf('<p>Hi {{ lead.first_name }}, <a href="https://shop.test/?a=1">look</a></p>')
  const mail = compose(job, keys)
  t.same(compose(job, keys), mail)
  t.same(inflateRawSync(mail.deflated), Buffer.from(mail.bytes))
  t.equal(createHash('sha256').update(mail.bytes).digest('hex'), mail.hash)
  t.same(mail.links, ['https://shop.test/?a=1'])
  const read = await PostalMime.parse(mail.bytes)
  t.match(read, {
    subject: 'Grüße an Ada',
    from: FRAME.from,
    to: [FRAME.to],
    replyTo: [{ address: 'ask@engines.test' }],
    messageId: FRAME.rfc_message_id,
    date: FRAME.date,
  })
  t.match(Object.fromEntries(read.headers.map(({ key, value }) => [key, value])), {
    'list-unsubscribe': `<${FRAME.leave_url}>`,
    'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
    'x-leadwell-message': 'bounce+abc',
    'x-smtpapi': '{"unique_args":{"leadwell":"bounce+abc"}}',
  })
  for (const address of ['a@x.test, b@y.test', 'a@x.test\r\nBcc: b@y.test']) {
    t.throws(() => compose(jobOf('<p>Hi</p>', { to: { name: '', address } }), keys), address)
  }
})

/** Relaxed canonicalization, as RFC 6376 tells it in 3.4.2 and 3.4.4. */
const relaxedHeader = (line: string) => {
  const [, name = '', value = ''] = /^([^:]+):([\s\S]*)$/.exec(line) ?? []
  return `${name.toLowerCase()}:${value
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim()}`
}
const relaxedBody = (body: string) =>
  body
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
    .join('\r\n')
    .replace(/(\r\n)*$/, '\r\n')

t.test('the signature of a sender holds for whoever knows the public key', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const private_key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const { bytes } = compose(
    jobOf('<p>Hi   Ada</p>\n<p>Grüße  \n</p>\n\n', { dkim: { domain: 'engines.test', selector: 'lw1', private_key } }),
    keys,
  )
  const mail = Buffer.from(bytes).toString('latin1')
  const end = mail.indexOf('\r\n\r\n')
  const [field = '', ...lines] = mail.slice(0, end).split(/\r\n(?![ \t])/)
  const tag = (name: string) => new RegExp(`[;\\s]${name}=([^;]*)`).exec(field)?.[1]?.replace(/\s+/g, '') ?? ''
  const hash = createHash('sha256').update(relaxedBody(mail.slice(end + 4)), 'latin1')
  t.equal(tag('bh'), hash.digest('base64'))
  const signed = tag('h')
    .split(':')
    .map((name) => lines.find((line) => line.toLowerCase().startsWith(`${name}:`)) ?? '')
  t.match(tag('h'), /from:to:reply-to:subject:date:message-id:.*:list-unsubscribe:list-unsubscribe-post$/)
  const unsigned = relaxedHeader(field.replace(/([;\s]b=)[^;]*$/, '$1'))
  const verify = createVerify('RSA-SHA256').update(`${signed.map(relaxedHeader).join('\r\n')}\r\n${unsigned}`)
  t.ok(verify.verify(publicKey, tag('b'), 'base64'))
})

const ENDLESS = '{% for i in (1..99999) %}{% for j in (1..99999) %}{% endfor %}{% endfor %}'
const LATE = { ok: false, code: 'template_timeout', detail: /longer than/ }

t.test('a template without an end is ended, and no other mail that went to the thread with it', async (t) => {
  const pool = createRenderPool(secret, 1)
  const sources = ['a', 'b', ENDLESS, 'c', ENDLESS, 'd'].map((html) => `<p>${html}</p>`)
  const outcomes = await Promise.all(sources.map((html) => pool.compose(jobOf(html))))
  t.match(outcomes, [{ ok: true }, { ok: true }, LATE, { ok: true }, LATE, { ok: true }])
  const { frame: _, ...words } = jobOf('<p>{{ lead.city }}</p>')
  t.match(await pool.preview(words), { ok: true, result: { missing: ['lead.city'] } })
})
