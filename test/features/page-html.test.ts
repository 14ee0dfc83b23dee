/** Whatever is put into a page comes out as the same text, never as markup; and every language says everything. */
import fc from 'fast-check'
import t from 'tap'
import { faultText } from '../../src/features/capture/pages/fault-text.ts'
import { attributes, html } from '../../src/features/capture/pages/html.ts'
import { PAGE_LANGUAGES } from '../../src/features/capture/pages/page-texts.ts'

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const plain = (text: string) => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => NAMED[name] ?? '')

t.test('any text survives a page unchanged and brings no markup', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, title) => {
      const { markup } = html`<p${attributes({ title })}>${text}</p>`
      const [, inTitle = '', inText = ''] = /^<p title="([^"<>]*)">([^<>]*)<\/p>$/.exec(markup) ?? []
      return plain(inTitle) === title && plain(inText) === text
    }),
  )
  t.pass()
})

t.test('every language has every sentence, with the same places to fill in', async (t) => {
  const limits = (sentence = '') => sentence.match(/\{\w+\}/g) ?? []
  const { en = {}, ...others } = PAGE_LANGUAGES
  for (const [language, texts] of Object.entries<Record<string, string>>(others)) {
    const faulty = Object.entries<string>(en).filter(([name, sentence]) => {
      const own = texts[name] ?? ''
      return own.trim() === '' || own.length > 500 || String(limits(own)) !== String(limits(sentence))
    })
    t.same(faulty, [], language)
  }
})

t.test('a fault is told by its code, else by the kind of the field', async (t) => {
  const texts: Record<string, string> = { ...PAGE_LANGUAGES['en'] }
  const say = (field: object, code: string) => faultText({ type: 'text', ...field }, code, texts)
  t.equal(say({}, 'required'), texts['required'])
  t.equal(say({ type: 'consent' }, 'required'), texts['agree'])
  t.equal(say({ type: 'select' }, 'required'), texts['invalid_value'])
  t.equal(say({ type: 'email' }, 'bad_domain'), texts['email'])
  t.equal(say({ type: 'email', max_length: null }, 'too_long'), texts['email'])
  t.equal(say({ max_length: 20 }, 'too_long'), 'Please use at most 20 characters.')
  t.equal(say({ type: 'file', max_files: 2 }, 'too_many_files'), 'Please choose at most 2 files.')
  t.equal(say({ type: 'file' }, 'file_content_mismatch'), texts['file'])
  t.equal(say({}, 'something_new'), texts['invalid'])
})
