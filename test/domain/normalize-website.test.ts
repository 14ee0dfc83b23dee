import t from 'tap'
import { normalizeWebsite } from '../../src/domain/normalize/website.ts'

t.test('a web address gives its canonical URL, its host and its registrable domain', async (t) => {
  const cases: [typed: string, url: string, host: string, domain: string | null][] = [
    ['example.com', 'https://example.com/', 'example.com', 'example.com'],
    [' WWW.Example.CO.UK ', 'https://www.example.co.uk/', 'www.example.co.uk', 'example.co.uk'],
    [
      'http://shop.example.com.br:8080/a?b#c',
      'http://shop.example.com.br:8080/a?b#c',
      'shop.example.com.br',
      'example.com.br',
    ],
    ['example.com:8443/x', 'https://example.com:8443/x', 'example.com', 'example.com'],
    ['HTTPS://example.com:443', 'https://example.com/', 'example.com', 'example.com'],
    ['//example.com/x', 'https://example.com/x', 'example.com', 'example.com'],
    ['https://example.com./', 'https://example.com/', 'example.com', 'example.com'],
    ['bücher.de/über', 'https://xn--bcher-kva.de/%C3%BCber', 'xn--bcher-kva.de', 'xn--bcher-kva.de'],
    ['www.xn--bcher-kva.de', 'https://www.xn--bcher-kva.de/', 'www.xn--bcher-kva.de', 'xn--bcher-kva.de'],
    ['acme.github.io', 'https://acme.github.io/', 'acme.github.io', 'acme.github.io'],
    ['www.acme.myshopify.com', 'https://www.acme.myshopify.com/', 'www.acme.myshopify.com', 'acme.myshopify.com'],
    ['co.uk', 'https://co.uk/', 'co.uk', null],
    ['http://192.168.1.1/admin', 'http://192.168.1.1/admin', '192.168.1.1', null],
    ['http://0x7f.1', 'http://127.0.0.1/', '127.0.0.1', null],
    ['http://[::1]:3000/', 'http://[::1]:3000/', '[::1]', null],
  ]
  for (const [typed, url, host, registrable_domain] of cases) {
    t.strictSame(normalizeWebsite(typed), { ok: true, url, host, registrable_domain }, typed)
  }
})

t.test('what is no web address to click is refused with a reason', async (t) => {
  const cases: [typed: string, code: string][] = [
    ['', 'blank'],
    [' \n', 'blank'],
    ['javascript:alert(1)', 'bad_scheme'],
    ['JavaScript://example.com/%0aalert(1)', 'bad_scheme'],
    ['data:text/html,x', 'bad_scheme'],
    ['file:///etc/passwd', 'bad_scheme'],
    ['gopher://example.com', 'bad_scheme'],
    ['ftp://example.com', 'bad_scheme'],
    ['mailto:a@example.com', 'bad_scheme'],
    ['http:example.com', 'bad_scheme'],
    ['https://user:secret@example.com', 'user_info'],
    ['https://example.com@evil.example', 'user_info'],
    ['anna@example.com', 'user_info'],
    ['https://exam ple.com', 'forbidden_character'],
    ['java\tscript:alert(1)', 'forbidden_character'],
    ['https:\\\\example.com', 'forbidden_character'],
    ['https://example.com/\0', 'forbidden_character'],
    ['https://example.com/\ud800', 'forbidden_character'],
    ['n/a', 'bad_host'],
    ['none', 'bad_host'],
    ['-', 'bad_host'],
    ['localhost:3000', 'bad_host'],
    ['https://', 'bad_host'],
    ['https://exa_mple.com', 'bad_host'],
    ['https://example.com:99999', 'bad_host'],
    ['https://a..b.com', 'bad_host'],
    [`https://${'a'.repeat(8000)}.com`, 'too_long'],
    [`https://example.com/${'ü'.repeat(1000)}`, 'too_long'],
  ]
  for (const [typed, code] of cases) {
    t.match(normalizeWebsite(typed), { ok: false, code, detail: String }, JSON.stringify(typed.slice(0, 60)))
  }
})
