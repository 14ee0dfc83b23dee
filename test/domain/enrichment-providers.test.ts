// The pure parts of asking providers: templates, answers, what is written, what a call means, robots.txt, pages.
import fc from 'fast-check'
import t from 'tap'
import { readCompanyPage } from '../../src/connectors/enrichment/company-page.ts'
import { createHttpClient, type HttpClient } from '../../src/connectors/http-client/http-client.ts'
import { breakerPause, judgeCall } from '../../src/domain/enrichment/providers/call-verdict.ts'
import type { EnrichmentProvider, ProviderRequest } from '../../src/domain/enrichment/providers/enrichment-policy.ts'
import { readPage } from '../../src/domain/enrichment/providers/read-page.ts'
import { valueAt } from '../../src/domain/enrichment/providers/read-response.ts'
import { renderRequest } from '../../src/domain/enrichment/providers/request-template.ts'
import { mayRead } from '../../src/domain/enrichment/providers/robots.ts'
import { BLANK_LEAD, type LeadFacts } from '../../src/domain/lead.ts'
import { providerServer } from '../helpers/provider-server.ts'

const leadOf = (fields: Partial<LeadFacts>) => ({ ...BLANK_LEAD, custom_fields: {}, ...fields }) as unknown as LeadFacts
const request: ProviderRequest = {
  method: 'POST',
  url: 'https://api.test/v1/{{lead.city}}/x?q={{lead.full_name}}',
  headers: [{ name: 'X-Key', value: 'k {{credential.key}}' }],
  body: { a: ['{{lead.full_name}}', 1, null], b: { c: 'n: {{lead.full_name}}' } },
}
const credentials = new Map([['key', 's3cret']])

t.test('no text of a lead leaves its place in URL or body', async (t) => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.string({ unit: 'binary', minLength: 1 }),
      (city, name) => {
        const rendering = renderRequest(request, { lead: leadOf({ city, full_name: name }), credentials, runId: 'r' })
        if (!rendering.ok) return rendering.reason === 'unsafe_input'
        const { url, body } = rendering.request
        const asked = new URL(url)
        const [, version, place, last] = asked.pathname.split('/')
        const sent = JSON.parse(body ?? '')
        return (
          asked.origin === 'https://api.test' &&
          version === 'v1' &&
          last === 'x' &&
          decodeURIComponent(place ?? '') === city &&
          asked.searchParams.get('q') === name &&
          sent.a[0] === name &&
          sent.b.c === `n: ${name}` &&
          Object.keys(sent).join() === 'a,b'
        )
      },
    ),
    { numRuns: 2_000 },
  )
  for (const city of ['.', '..', '%2e%2e']) {
    const rendering = renderRequest(request, { lead: leadOf({ city, full_name: 'x' }), credentials, runId: 'r' })
    t.equal(rendering.ok, city === '%2e%2e', city)
  }
})

t.test('what is missing is named, and secrets can be left out', async (t) => {
  const lead = leadOf({ city: 'Rome', full_name: 'Ada' })
  t.match(renderRequest(request, { lead: leadOf({ city: 'Rome' }), credentials, runId: '' }), {
    reason: 'missing_input',
  })
  t.match(renderRequest(request, { lead, credentials: new Map(), runId: '' }), { reason: 'missing_credential' })
  const open = renderRequest(request, { lead, credentials: null, runId: '' })
  t.ok(open.ok && open.request.headers['x-key'] === 'k {{credential.key}}')
})

t.test('pointers read own members only', async (t) => {
  const answer = JSON.parse('{"a":{"b/c":[{"d":1}]},"__proto__":{"x":2}}')
  t.equal(valueAt(answer, '/a/b~1c/0/d'), 1)
  t.equal(valueAt(answer, '/__proto__/x'), 2)
  for (const pointer of ['/constructor', '/a/toString', '/a/b~1c/length/x', '/a/b~1c/1', '/toString/name']) {
    t.equal(valueAt(answer, pointer), undefined, pointer)
  }
})

t.test('what a call means, and whether it is owed', async (t) => {
  const provider = { empty_statuses: [404], charged: 'always' } as unknown as EnrichmentProvider
  const onFound = { ...provider, charged: 'found' } as EnrichmentProvider
  const now = new Date('2026-01-01T00:00:00Z')
  const answer = (status: number, retryAfter: string | null = null, isJson = true) =>
    ({ ok: true, status, retryAfter, json: {}, isJson }) as const
  t.match(judgeCall(provider, answer(200), true, now), { outcome: 'found', isCharged: true })
  t.match(judgeCall(onFound, answer(200), false, now), { outcome: 'empty', isCharged: false })
  t.match(judgeCall(provider, answer(404), false, now), { outcome: 'empty', isCharged: true, isFault: false })
  t.match(judgeCall(provider, answer(429, '7'), false, now), {
    outcome: 'postponed',
    pauseSeconds: 7,
    isCharged: false,
  })
  t.match(judgeCall(provider, answer(429, 'Thu, 01 Jan 2026 00:01:00 GMT'), false, now), { pauseSeconds: 60 })
  for (const odd of ['', 'soon', '-5', '99999999999999', 'Thu, 01 Jan 1970 00:00:00 GMT']) {
    const { pauseSeconds } = judgeCall(provider, answer(429, odd), false, now)
    t.ok(pauseSeconds !== null && pauseSeconds >= 1 && pauseSeconds <= 3_600, odd)
  }
  t.match(judgeCall(provider, { ok: false, failure: 'timeout' }, false, now), {
    outcome: 'postponed',
    isCharged: true,
    isFault: true,
  })
  t.match(judgeCall(provider, { ok: false, failure: 'address_refused' }, false, now), {
    outcome: 'failed',
    isCharged: false,
  })
  t.same([4, 5, 6, 7, 100].map(breakerPause), [0, 30, 60, 120, 3_600])
})

t.test('robots.txt is read as RFC 9309 says', async (t) => {
  const cases: [string, boolean][] = [
    ['', true],
    ['User-agent: *\nDisallow: /', false],
    ['User-agent: *\nDisallow:', true],
    ['User-agent: *\nDisallow: /\nAllow: /$', true],
    ['User-agent: *\nDisallow: /private', true],
    ['User-agent: other\nDisallow: /', true],
    ['User-agent: *\nDisallow: /\n\nUser-agent: Leadwell\nAllow: /', true],
    ['User-agent: *\nAllow: /\n\nuser-agent: leadwell # us\ndisallow: / # all', false],
    ['User-agent: a\nUser-agent: *\nDisallow: /*', false],
    ['<html>nothing</html>', true],
  ]
  for (const [robots, allowed] of cases) t.equal(mayRead(robots, '/'), allowed, robots)
})

const PAGE = `<!doctype html><html lang="de"><head><TITLE>Acme &amp; Söhne &#8211; Start</TITLE>
  <meta name='description' content="Wir &quot;machen&quot; Dinge"><meta property="og:site_name" content="Acme">
  </head><body><a href="https://www.linkedin.com/company/acme-gmbh/?x=1">in</a><a href='https://evil.test/linkedin.com/company/x'>
  <a href="https://github.com/acme">g</a></body></html>`

t.test('a page tells title, description, name and profiles; no page costs more than its length', async (t) => {
  t.same(readPage(PAGE), {
    title: 'Acme & Söhne – Start',
    description: 'Wir "machen" Dinge',
    site_name: 'Acme',
    language: 'de',
    links: { linkedin: 'https://www.linkedin.com/company/acme-gmbh', github: 'https://github.com/acme' },
  })
  const started = performance.now()
  for (const piece of ['<a ', '<a href=', '<meta content="', '<title>', '<', '<a href="x', 'a='])
    readPage(piece.repeat(150_000))
  readPage(`<a ${'x '.repeat(400_000)}`)
  t.ok(performance.now() - started < 5_000, 'eight hostile megabytes in less than five seconds')
})

t.test('the page of a company: robots first, redirects on its own domain, nowhere else', async (t) => {
  const site = await providerServer(t)
  const real = createHttpClient({ ports: new Set([80, 443]), trusted: new Set([site.host]) })
  t.teardown(() => real.close())
  const asked: string[] = []
  // The same calls over the real client, with our server in the place of the company's.
  const client: HttpClient = {
    request: (call) => {
      asked.push(call.url)
      return real.request({ ...call, url: call.url.replace(/^https:\/\/(www\.)?acme\.test/, site.url) })
    },
    close: async () => undefined,
  }
  let robots = 'User-agent: *\nAllow: /'
  site.answer = (request, response) => {
    if (request.url === '/robots.txt') response.end(robots)
    else if (request.url === '/') response.writeHead(301, { location: 'https://www.acme.test/home' }).end()
    else if (request.url === '/home') response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE)
    else response.writeHead(302, { location: 'https://elsewhere.test/' }).end()
  }
  t.match(await readCompanyPage(client, 'acme.test', 2_000), { ok: true, status: 200, json: { site_name: 'Acme' } })
  t.same(asked, ['https://acme.test/robots.txt', 'https://acme.test/', 'https://www.acme.test/home'])
  robots = 'User-agent: *\nDisallow: /'
  t.same(await readCompanyPage(client, 'acme.test', 2_000), { ok: false, failure: 'robots_refused' })
  site.answer = (request, response) => {
    if (request.url === '/robots.txt') response.writeHead(404).end()
    else response.writeHead(302, { location: 'https://elsewhere.test/' }).end()
  }
  asked.length = 0
  t.match(await readCompanyPage(client, 'acme.test', 2_000), { ok: true, status: 302, isJson: false })
  t.notOk(
    asked.some((url) => url.includes('elsewhere')),
    'another domain is not asked',
  )
})
