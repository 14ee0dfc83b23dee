/** The embed script: small, self-contained, cached well, and of one mind with the service. */
import { createHash } from 'node:crypto'
import { Script } from 'node:vm'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { workOf } from '../../src/domain/proof-of-work.ts'
import { hasherOf, solve } from '../../src/features/capture/pages/browser/proof.js'
import { faultText as faultTextOfEmbed } from '../../src/features/capture/pages/browser/values.js'
import { faultText } from '../../src/features/capture/pages/fault-text.ts'
import { PAGE_LANGUAGES } from '../../src/features/capture/pages/page-texts.ts'
import { testService } from '../helpers/service.ts'

t.test('the script is smaller than 8 kB on the wire and needs nothing else', async (t) => {
  const { app } = await testService(t)
  const plain = await app.inject({ url: '/embed/demo.js' })
  t.equal(plain.statusCode, 200)
  t.equal(plain.headers['content-type'], 'text/javascript; charset=utf-8')
  t.ok(gzipSync(plain.body).length < 8_000, `${gzipSync(plain.body).length} bytes`)
  t.ok(new Script(plain.body), 'it is a whole script')
  t.notMatch(plain.body, /^\s*(import|export)\b/m)
  t.notMatch(plain.body, /^\s*\/\//m, 'comments stay at home')
  t.notMatch(plain.body, /innerHTML|document\.cookie|\beval\b|new Function|document\.write/)
  const small = await app.inject({ url: '/embed/demo.js', headers: { 'accept-encoding': 'br, gzip' } })
  t.equal(small.headers['content-encoding'], 'gzip')
  t.ok(small.rawPayload.length < 8_000)
  t.equal(gunzipSync(small.rawPayload).toString(), plain.body)
  t.equal((await app.inject({ url: '/embed/another.js' })).body, plain.body, 'it is the same for every form')
})

t.test('browsers keep the script and ask for changes only', async (t) => {
  const { app } = await testService(t)
  for (const encoding of ['identity', 'gzip']) {
    const ask = async (tag?: string) =>
      app.inject({
        url: '/embed/demo.js',
        headers: { 'accept-encoding': encoding, ...(tag && { 'if-none-match': tag }) },
      })
    const first = await ask()
    t.match(first.headers['cache-control'], /^public, max-age=3600/)
    t.match(first.headers.vary, 'Accept-Encoding')
    const again = await ask(String(first.headers.etag))
    t.equal(again.statusCode, 304)
    t.equal(again.body, '')
    t.equal((await ask('"other"')).statusCode, 200)
  }
})

t.test('its SHA-256 is SHA-256', async (t) => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[!-~]{0,140}$/),
      fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
      (text, numbers) => {
        const hash = hasherOf(text)
        // One hasher is asked many times: nothing of the try before may be left.
        return numbers.every(
          (number) => hash(`${number}`) === createHash('sha256').update(`${text}${number}`).digest().readInt32BE(0),
        )
      },
    ),
  )
  t.pass()
})

t.test('its proof of work is one for the service', async (t) => {
  for (const bits of [8, 12, 14]) {
    const token = `t1.${'A'.repeat(40)}.${'b'.repeat(22)}`
    t.ok(workOf(token, await solve(token, bits)) >= bits)
  }
})

t.test('it tells faults in the words of the hosted page', async (t) => {
  const codes = ['required', 'too_long', 'bad_domain', 'invalid_value', 'file_too_large', 'too_many_files', 'new']
  const types = ['text', 'email', 'phone', 'boolean', 'consent', 'select', 'multi_select', 'file', 'number'] as const
  const differences = Object.values(PAGE_LANGUAGES).flatMap((texts) =>
    types.flatMap((type) =>
      [null, 20].flatMap((max_length) =>
        codes.filter((code) => {
          const field = { type, max_length, max_files: 2 }
          return faultTextOfEmbed(field, code, texts) !== faultText(field, code, { ...texts })
        }),
      ),
    ),
  )
  t.same(differences, [])
})
