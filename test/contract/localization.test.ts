// Accept-Language chooses the words of a problem, never its codes.
import fc from 'fast-check'
import t from 'tap'
import { PROBLEMS, type ProblemCode } from '../../src/errors.ts'
import { chooseLanguage, LANGUAGES } from '../../src/http/accept-language.ts'
import { isTranslated, titleOf } from '../../src/http/problem-titles.ts'
import { testService } from '../helpers/service.ts'

t.test('every problem has a title in every language', async (t) => {
  for (const language of LANGUAGES) {
    const missing = (Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => !isTranslated(code, language))
    t.strictSame(missing, [], `titles to write in problem-titles.ts (${language})`)
  }
})

t.test('the best of our languages that the caller reads is chosen', async (t) => {
  const cases: [string | undefined, string][] = [
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['de-AT', 'de'],
    ['DE-at', 'de'],
    ['nl, fr-CA;q=0.8, en;q=0.5', 'fr'],
    ['en;q=0.5, es;q=0.9', 'es'],
    ['es;q=0, pt;q=0.1', 'pt'],
    ['zh', 'en'],
    ['*', 'en'],
    ['de;q=nonsense', 'de'],
    [';;;,,,q=1', 'en'],
  ]
  for (const [header, language] of cases) t.equal(chooseLanguage(header), language, header ?? 'no header')
  fc.assert(fc.property(fc.string(), (header) => (LANGUAGES as readonly string[]).includes(chooseLanguage(header))))
})

t.test('a problem is titled in the language of the caller, its codes stay', async (t) => {
  const { call } = await testService(t)
  const answers = await Promise.all(
    LANGUAGES.map((language) =>
      call('POST', '/v1/leads', { email: 'nonsense' }, { headers: { 'accept-language': language } }),
    ),
  )
  const problems = answers.map((answer) => answer.json<{ code: string; title: string; errors: { code: string }[] }>())
  t.strictSame(
    problems.map(({ title }) => title),
    LANGUAGES.map((language) => titleOf('validation_failed', language)),
  )
  t.equal(new Set(problems.map(({ title }) => title)).size, LANGUAGES.length)
  t.strictSame(new Set(problems.map(({ code, errors }) => `${code} ${errors[0]?.code}`)).size, 1)
  for (const [i, answer] of answers.entries()) {
    t.match(String(answer.headers['content-language']), new RegExp(`^${LANGUAGES[i]}`))
    t.match(answer.headers['vary'], /Accept-Language/)
  }
})

t.test('answers to pages of other origins vary by both', async (t) => {
  const { app } = await testService(t)
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/public/forms/demo/submissions',
    payload: {},
    headers: { origin: 'https://shop.example', 'accept-language': 'fr' },
  })
  t.equal(answer.statusCode, 400)
  t.strictSame(String(answer.headers['vary']).split(', ').sort(), ['Accept-Language', 'Origin'])
  t.equal(answer.headers['access-control-allow-origin'], 'https://shop.example', 'the page can read the problem')
})

t.test('the page of a code is titled alike', async (t) => {
  const { app } = await testService(t)
  const page = await app.inject({ url: '/problems/rate_limited', headers: { 'accept-language': 'pt-BR' } })
  t.equal(page.json<{ title: string }>().title, titleOf('rate_limited', 'pt'))
  t.equal(page.headers['content-language'], 'pt')
  for (const code of ['constructor', '__proto__', 'nothing']) {
    t.equal((await app.inject({ url: `/problems/${code}` })).statusCode, 404, code)
  }
})
