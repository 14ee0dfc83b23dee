import t from 'tap'
import { normalizeEmail } from '../../src/domain/normalize/email.ts'
import { classifyEmail, isRoleMailbox } from '../../src/domain/normalize/email-class.ts'
import { FREE_MAIL_DOMAINS } from '../../src/domain/normalize/free-mail-domains.ts'

const LONG_LOCAL = 'a'.repeat(64)
const LONG_LABEL = 'b'.repeat(63)
// 64 + @ + 185 + .com = 254 octets, the most RFC 5321 allows.
const LONGEST_ADDRESS = `${LONG_LOCAL}@${LONG_LABEL}.${LONG_LABEL}.${'c'.repeat(57)}.com`

t.test('an accepted address keeps its local part, its domain becomes lower-case ASCII', async (t) => {
  const cases: [typed: string, value: string][] = [
    ['Anna.Schmidt@Example.COM', 'Anna.Schmidt@example.com'],
    ['  anna@example.com\r\n', 'anna@example.com'],
    ['\u200banna@example.com\u202c', 'anna@example.com'],
    ['müller@bücher.de', 'müller@xn--bcher-kva.de'],
    ['mu\u0308ller@bu\u0308cher.de', 'müller@xn--bcher-kva.de'],
    ['anna@XN--BCHER-KVA.de', 'anna@xn--bcher-kva.de'],
    ['anna@straße.de', 'anna@xn--strae-oqa.de'],
    ['用户@例え.jp', '用户@xn--r8jz45g.jp'],
    ['пётр@почта.рф', 'пётр@xn--80a1acny.xn--p1ai'],
    ['anna@例え。jp', 'anna@xn--r8jz45g.jp'],
    ["o'neil+a/b=c?d!#$%&*^_`{|}~-@example.ie", "o'neil+a/b=c?d!#$%&*^_`{|}~-@example.ie"],
    ['İSTANBUL@example.com', 'İSTANBUL@example.com'],
    ['ISTANBUL@EXAMPLE.COM', 'ISTANBUL@example.com'],
    ['1@2.de', '1@2.de'],
    ['a@sub.sub.example.museum', 'a@sub.sub.example.museum'],
    [LONGEST_ADDRESS, LONGEST_ADDRESS],
  ]
  for (const [typed, value] of cases) {
    const verdict = normalizeEmail(typed)
    t.hasStrict(verdict, { ok: true, value, domain: value.slice(value.indexOf('@') + 1) }, typed)
  }
})

t.test('what is not exactly one plain address is refused with a reason', async (t) => {
  const cases: [typed: string, code: string][] = [
    ['', 'blank'],
    [' \t\n', 'blank'],
    ['anna', 'not_one_address'],
    ['\u200b', 'not_one_address'],
    ['anna@b@example.com', 'not_one_address'],
    ['anna＠example.com', 'not_one_address'],
    ['a@x\r\nBcc: v@x', 'forbidden_character'],
    ['a@x.com\nv@x.com', 'forbidden_character'],
    ['a\0@x.com', 'forbidden_character'],
    ['a\u0085@x.com', 'forbidden_character'],
    ['a@x.com, b@y.com', 'forbidden_character'],
    ['a@x.com;b@y.com', 'forbidden_character'],
    ['a b@x.com', 'forbidden_character'],
    ['a\u00a0b@x.com', 'forbidden_character'],
    ['"a b"@x.com', 'forbidden_character'],
    ['"v@evil x"@internal.com', 'forbidden_character'],
    ['a(comment)@x.com', 'forbidden_character'],
    ['Anna <a@x.com>', 'forbidden_character'],
    ['mailto:a@x.com', 'forbidden_character'],
    ['a\\@x.com', 'forbidden_character'],
    ['a@[127.0.0.1]', 'forbidden_character'],
    ['a@[IPv6:::1]', 'forbidden_character'],
    ['@x.com', 'bad_local_part'],
    ['.a@x.com', 'bad_local_part'],
    ['a.@x.com', 'bad_local_part'],
    ['a..b@x.com', 'bad_local_part'],
    ['\ud800@x.com', 'bad_local_part'],
    ['a\u202eb@x.com', 'bad_local_part'],
    ['a\u200db@x.com', 'bad_local_part'],
    ['=\u0338@x.com', 'bad_local_part'],
    ['a@', 'bad_domain'],
    ['a@localhost', 'bad_domain'],
    ['a@.com', 'bad_domain'],
    ['a@x..com', 'bad_domain'],
    ['a@x.com.', 'bad_domain'],
    ['a@-x.com', 'bad_domain'],
    ['a@x-.com', 'bad_domain'],
    ['a@x_y.com', 'bad_domain'],
    ['a@x.c', 'bad_domain'],
    ['a@x.123', 'bad_domain'],
    ['a@127.0.0.1', 'bad_domain'],
    ['a@0x7f.1', 'bad_domain'],
    ['a@１２７.０.０.１', 'bad_domain'],
    ['a@ex%61mple.com', 'bad_domain'],
    ['a@example.com/ü', 'bad_domain'],
    ['a@℀.com', 'bad_domain'],
    ['a@xn--.com', 'bad_domain'],
    ['a@xn--zzzzzzzz.com', 'bad_domain'],
    ['a@bücher.xn--zzzzzzzz.de', 'bad_domain'],
    ['a@xn--a-ecp.ru', 'bad_domain'],
    ['a@\udc00.com', 'bad_domain'],
    [`a@${'b'.repeat(64)}.com`, 'bad_domain'],
    [`${LONG_LOCAL}a@x.com`, 'too_long'],
    [`${'ü'.repeat(33)}@x.com`, 'too_long'],
    [`x${LONGEST_ADDRESS.slice(1)}m`, 'too_long'],
  ]
  for (const [typed, code] of cases) {
    t.match(normalizeEmail(typed), { ok: false, code, detail: String }, JSON.stringify(typed))
  }
})

t.test('a refusal never repeats what was typed', async (t) => {
  for (const typed of ['secret secret@x.com', 'secret', 'secret..@x.com', 'a@secret', 'secret'.repeat(100)]) {
    t.notMatch(JSON.stringify(normalizeEmail(typed)), /secret/)
  }
})

t.test('addresses that reach the same mailbox share a match key', async (t) => {
  const groups: string[][] = [
    ['Anna.Schmidt@gmail.com', 'annaschmidt@gmail.com', 'a.n.n.a.schmidt+shop@GoogleMail.com'],
    ['Anna@outlook.com', 'anna+news@outlook.com'],
    ['anna@icloud.com', 'anna+1@icloud.com'],
    ['anna@example.com', 'ANNA@EXAMPLE.COM', ' anna@example.com '],
    ['müller@bücher.de', 'MU\u0308LLER@xn--bcher-kva.de'],
  ]
  for (const group of groups) t.equal(new Set(group.map(toMatchKey)).size, 1, group.join(' = '))
})

t.test('addresses that may be two mailboxes keep two match keys', async (t) => {
  const pairs: [string, string][] = [
    ['anna.schmidt@example.com', 'annaschmidt@example.com'],
    ['anna+shop@example.com', 'anna@example.com'],
    ['anna-shop@yahoo.com', 'anna@yahoo.com'],
    ['anna.schmidt@outlook.com', 'annaschmidt@outlook.com'],
    ['anna@outlook.com', 'anna@hotmail.com'],
    ['mueller@example.com', 'müller@example.com'],
    ['İ@example.com', 'i@example.com'],
    ['anna@faß.de', 'anna@fass.de'],
    ['+shop@gmail.com', '+news@gmail.com'],
  ]
  for (const [one, other] of pairs) t.not(toMatchKey(one), toMatchKey(other), `${one} and ${other}`)
})

t.test('an address is classified by its domain first, then by its mailbox', async (t) => {
  const cases: [domain: string, local: string, expected: string][] = [
    ['example.com', 'anna.schmidt', 'corporate'],
    ['example.com', 'info', 'role'],
    ['example.com', 'Customer-Service', 'role'],
    ['example.com', 'sales+web', 'role'],
    ['example.de', 'büro', 'role'],
    ['example.de', 'Vertrieb', 'role'],
    ['example.fr', 'comptabilité', 'role'],
    ['example.es', 'ventas', 'role'],
    ['example.com.br', 'atendimento', 'role'],
    ['gmail.com', 'anna', 'free'],
    ['gmail.com', 'info', 'free'],
    ['mail.gmail.com', 'anna', 'corporate'],
    ['mailinator.com', 'info', 'disposable'],
    ['team.mailinator.com', 'anna', 'disposable'],
    ['constructor', '__proto__', 'corporate'],
  ]
  for (const [domain, local, expected] of cases) t.equal(classifyEmail(domain, local), expected, `${local}@${domain}`)
  t.ok(isRoleMailbox('info'))
  t.notOk(isRoleMailbox('informatica.rossi'))
})

t.test('the free-mail list holds only domains in normal form, none of them disposable', async (t) => {
  for (const domain of FREE_MAIL_DOMAINS) {
    t.hasStrict(normalizeEmail(`a@${domain}`), { ok: true, domain })
    t.equal(classifyEmail(domain, 'a'), 'free', domain)
  }
})

function toMatchKey(typed: string): string {
  const verdict = normalizeEmail(typed)
  return verdict.ok ? verdict.match_key : verdict.code
}
