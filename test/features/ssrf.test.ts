// The one way out (reliability.md S8, P29): nothing inside our walls can be reached, whatever the URL looks like.
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import t from 'tap'
import { checkTarget, type TargetRules } from '../../src/connectors/http-client/check-target.ts'
import { guardSocket, type Resolve } from '../../src/connectors/http-client/guarded-connect.ts'
import { createHttpClient, OUTBOUND_MAX_BYTES } from '../../src/connectors/http-client/http-client.ts'
import { isPublicAddress } from '../../src/connectors/http-client/public-address.ts'

/** A server inside our walls: every connection to it is a hole. */
let hits = 0
const canary = net.createServer((socket) => {
  hits++
  socket.destroy()
})
const port = await listen(canary)

/** Names as an attacker's DNS answers them. */
const NAMES: Record<string, string[]> = {
  'inside.test': ['127.0.0.1'],
  'inside6.test': ['::1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'mixed.test': ['93.184.216.34', '127.0.0.1'],
  'metadata.test': ['169.254.169.254'],
  'nothing.test': [],
}
const resolve: Resolve = (hostname, done) => {
  const addresses = NAMES[hostname]
  if (addresses === undefined) done(new Error('ENOTFOUND'), [])
  else
    done(
      null,
      addresses.map((address) => ({ address, family: net.isIP(address) })),
    )
}

// The port of the canary is allowed, so that only the address can be what is refused.
const rules: TargetRules = { ports: new Set([80, 443, port]), trusted: new Set() }
const client = createHttpClient(rules, resolve)
t.teardown(async () => {
  await client.close()
  canary.close()
})

const LITERALS = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '0',
  '0.0.0.0',
  '１２７.0.0.1',
  '127。0。0。1',
  '127.0.0.1.',
  '%31%32%37.0.0.1',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '[::1]',
  '[::]',
  '[::127.0.0.1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[fe80::1]',
  '[fc00::1]',
  '[fec0::1]',
]

t.test('no literal of an inner address is called', async (t) => {
  t.ok(LITERALS.length >= 28)
  for (const host of LITERALS) {
    const result = await client.request({ method: 'GET', url: `http://${host}:${port}/` })
    t.match(result, { ok: false, reason: /^(address_refused|invalid_url)$/ }, host)
  }
  t.equal(hits, 0, 'the canary was never reached')
})

t.test('no name of an inner address is called, nor one that has an inner address among others', async (t) => {
  for (const host of ['inside.test', 'inside6.test', 'mapped.test', 'mixed.test', 'metadata.test']) {
    const result = await client.request({ method: 'GET', url: `http://${host}:${port}/` })
    t.match(result, { ok: false, reason: 'address_refused' }, host)
  }
  for (const host of ['nothing.test', 'unknown.test'])
    t.equal((await client.request({ method: 'GET', url: `http://${host}:${port}/` })).ok, false, host)
  t.equal(hits, 0)
})

t.test('a name that changes its answer gains nothing: each connection looks again', async (t) => {
  let asked = 0
  const rebinding: Resolve = (_hostname, done) => {
    asked++
    done(null, [{ address: asked === 1 ? '93.184.216.34' : '127.0.0.1', family: 4 }])
  }
  const victim = createHttpClient(rules, rebinding)
  t.teardown(() => victim.close())
  const short = { method: 'GET' as const, url: `http://rebind.test:${port}/`, timeoutMs: 200 }
  t.equal((await victim.request(short)).ok, false)
  const again = await victim.request(short)
  t.match(again, { ok: false, reason: 'address_refused' })
  t.equal(hits, 0)
})

t.test('an open connection to an inner address is cut before anything is written', async (t) => {
  const server = net.createServer()
  const inner = await listen(server)
  const socket = net.connect(inner, '127.0.0.1')
  socket.on('error', () => undefined)
  await new Promise((done) => socket.once('connect', done))
  t.ok(guardSocket(socket) instanceof Error)
  t.ok(socket.destroyed)
  server.close()
})

t.test('scheme, port and credentials are checked by the text of the URL', async (t) => {
  const usual: TargetRules = { ports: new Set([80, 443]), trusted: new Set(['127.0.0.1:9999', 'box.test:8080']) }
  const cases: [url: string, verdict: string][] = [
    ['https://example.org/path?x=1', 'ok'],
    ['http://example.org:443/', 'ok'],
    ['http://127.0.0.1:9999/', 'ok'],
    ['http://box.test:8080/', 'ok'],
    ['http://box.test:8081/', 'port_refused'],
    ['http://example.org:22/', 'port_refused'],
    ['http://127.0.0.1/', 'address_refused'],
    ['http://127.0.0.1\\@example.org/', 'address_refused'],
    ['http://user:pass@example.org/', 'credentials_refused'],
    ['http://example.org@127.0.0.1/', 'credentials_refused'],
    ['ftp://example.org/', 'scheme_refused'],
    ['file:///etc/passwd', 'scheme_refused'],
    ['gopher://example.org/', 'scheme_refused'],
    ['javascript:alert(1)', 'scheme_refused'],
    ['//example.org/', 'invalid_url'],
    ['http://', 'invalid_url'],
    ['http://exa mple.org/', 'invalid_url'],
    [`http://${'a'.repeat(3000)}.test/`, 'invalid_url'],
  ]
  for (const [url, expected] of cases) {
    const verdict = checkTarget(url, usual)
    t.equal(verdict.ok ? 'ok' : verdict.reason, expected, url.slice(0, 60))
  }
})

t.test('only global unicast is public', async (t) => {
  for (const address of ['8.8.8.8', '93.184.216.34', '2606:4700:4700::1111', '::ffff:8.8.8.8'])
    t.ok(isPublicAddress(address), address)
  const others = ['192.0.2.1', '198.18.0.1', '203.0.113.1', '224.0.0.1', '255.255.255.255', '240.0.0.1', '192.88.99.1']
  const sixes = [
    '64:ff9b::808:808',
    '2001::1',
    '2002:808:808::',
    '3fff::1',
    '100::1',
    'ff02::1',
    '::8.8.8.8',
    '2001:db8::1',
    'example.org',
    '',
  ]
  for (const address of [...others, ...sixes]) t.notOk(isPublicAddress(address), address)
})

t.test('redirects are not followed, and answers are bounded in size and time', async (t) => {
  const server = http.createServer((request, response) => {
    if (request.url === '/redirect') response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end()
    else if (request.url === '/large') response.end(Buffer.alloc(OUTBOUND_MAX_BYTES + 1))
    else if (request.url === '/drip') {
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    } else if (request.url === '/endless') {
      response.on('drain', () => response.write(Buffer.alloc(65_536)))
      while (response.write(Buffer.alloc(65_536)));
    } else if (request.url === '/echo') request.pipe(response)
    else if (request.url !== '/silent') response.end('fine')
  })
  const inner = await listen(server)
  const trusting = createHttpClient({ ports: new Set(), trusted: new Set([`127.0.0.1:${inner}`]) })
  t.teardown(async () => {
    await trusting.close()
    server.closeAllConnections()
    server.close()
  })
  const get = (path: string) =>
    trusting.request({ method: 'GET', url: `http://127.0.0.1:${inner}${path}`, timeoutMs: 500 })
  t.match(await get('/redirect'), { ok: true, status: 302 })
  t.match(await get('/large'), { ok: false, reason: 'too_large' })
  t.match(await get('/endless'), { ok: false, reason: 'too_large' })
  t.match(await get('/drip'), { ok: false, reason: 'timeout' })
  t.match(await get('/silent'), { ok: false, reason: 'timeout' })
  const echo = await trusting.request({ method: 'POST', url: `http://127.0.0.1:${inner}/echo`, body: 'häßlich' })
  t.equal(echo.ok && echo.body.toString(), 'häßlich')
  t.equal(hits, 0, 'the redirect led nowhere')
})

t.test('proxy variables of the environment are not read', async (t) => {
  const before = process.env['HTTP_PROXY']
  process.env['HTTP_PROXY'] = `http://127.0.0.1:${port}`
  t.teardown(() => {
    if (before === undefined) delete process.env['HTTP_PROXY']
    else process.env['HTTP_PROXY'] = before
  })
  const fresh = createHttpClient(rules, resolve)
  t.teardown(() => fresh.close())
  await fresh.request({ method: 'GET', url: 'http://unknown.test/', timeoutMs: 200 })
  t.equal(hits, 0)
})

async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}
