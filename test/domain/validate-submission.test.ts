import t from 'tap'
import { isAccepted, isPlausible } from '../../src/domain/file-type.ts'
import { completeDefinition, type FormField } from '../../src/domain/form.ts'
import { type ArrivedFile, validateSubmission } from '../../src/domain/validate-submission.ts'

const PDF = Buffer.from('%PDF-1.7\n...')
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0])

type GivenField = Pick<FormField, 'name' | 'type'> & Partial<FormField>

function faultsOf(fields: GivenField[], payload: Record<string, unknown>, files: ArrivedFile[] = []) {
  const form = completeDefinition({ title: 'A form', fields })
  return validateSubmission(form, payload, files).map(({ field, code }) => `${field}: ${code}`)
}

const file = (more: Partial<ArrivedFile>): ArrivedFile => ({
  field_name: 'brief',
  file_name: 'brief.pdf',
  content_type: 'application/pdf',
  content: PDF,
  ...more,
})

t.test('every fault of every field is told at once', async (t) => {
  const fields: GivenField[] = [
    { name: 'email', type: 'email', required: true },
    { name: 'site', type: 'url' },
    { name: 'age', type: 'number' },
    { name: 'day', type: 'date' },
    { name: 'topic', type: 'select', options: [{ value: 'a', label: 'A' }] },
    { name: 'short', type: 'text', max_length: 3 },
  ]
  t.same(faultsOf(fields, { site: ':', age: 'x', day: '2025-02-30', topic: 'b', short: 'four' }), [
    'email: required',
    'site: bad_host',
    'age: invalid_format',
    'day: invalid_format',
    'topic: invalid_value',
    'short: too_long',
  ])
  t.same(faultsOf(fields, { email: 'a@b.example', unknown: { any: 'thing' } }), [])
})

t.test('a telephone number is refused only when it cannot be one, in whatever digits', async (t) => {
  const fields: GivenField[] = [{ name: 'phone', type: 'phone' }]
  for (const phone of ['030 901820', '٠١٠٠١٢٣٤٥٦٧', '०११ २३०१ ७०००', '0800-FLOWERS', 112])
    t.same(faultsOf(fields, { phone }), [])
  t.same(faultsOf(fields, { phone: 'call me' }), ['phone: not_a_number'])
})

t.test('a length is counted in characters', async (t) => {
  const fields: GivenField[] = [{ name: 'short', type: 'text', max_length: 3 }]
  t.same(faultsOf(fields, { short: '👍👍👍' }), [])
  t.same(faultsOf(fields, { short: '👍👍👍👍' }), ['short: too_long'])
})

t.test('repeated names are a list only where several values make sense', async (t) => {
  const options = [
    { value: 'a', label: 'A' },
    { value: 'b', label: 'B' },
  ]
  t.same(faultsOf([{ name: 'topics', type: 'multi_select', options }], { topics: ['a', 'b'] }), [])
  t.same(faultsOf([{ name: 'topic', type: 'select', options }], { topic: ['a', 'b'] }), ['topic: invalid_type'])
  t.same(faultsOf([{ name: 'name', type: 'text' }], { name: ['a'] }), [])
  t.same(faultsOf([{ name: 'name', type: 'text' }], { name: [{ a: 1 }] }), ['name: invalid_type'])
})

t.test('a file field takes files, never what a body claims about one', async (t) => {
  const fields: GivenField[] = [{ name: 'brief', type: 'file', required: true }]
  const claims = [
    '/etc/passwd',
    { path: '/etc/passwd', filename: 'brief.pdf', mimetype: 'application/pdf' },
    [{ filepath: '/etc/passwd', originalFilename: 'x' }],
  ]
  for (const claim of claims) t.same(faultsOf(fields, { brief: claim }), ['brief: required'])
  t.same(faultsOf(fields, {}, [file({})]), [])
})

t.test('number, size and type of files are bounded by the field', async (t) => {
  const fields: GivenField[] = [
    { name: 'brief', type: 'file', accept: ['application/pdf', '.png'], max_bytes: 100, max_files: 2 },
  ]
  const tries: [files: ArrivedFile[], faults: string[]][] = [
    [[file({}), file({ file_name: 'a.png', content_type: 'image/png', content: PNG })], []],
    [[file({}), file({}), file({})], ['brief: too_many_files']],
    [[file({ content: Buffer.concat([PDF, Buffer.alloc(100)]) })], ['brief: file_too_large']],
    [[file({ file_name: 'a.exe', content_type: 'application/x-msdownload' })], ['brief: file_type_not_accepted']],
    [[file({ content: Buffer.from('MZ\x90') })], ['brief: file_content_mismatch']],
    [[file({ file_name: 'a.png', content_type: 'application/pdf' })], ['brief: file_content_mismatch']],
    [[file({ field_name: 'other' })], ['other: unexpected_file']],
  ]
  for (const [files, faults] of tries) t.same(faultsOf(fields, {}, files), faults)
  t.same(faultsOf([{ name: 'email', type: 'email' }], {}, [file({ field_name: 'email' })]), ['email: unexpected_file'])
})

t.test('a type is accepted by media type, by family or by extension, whatever its case', async (t) => {
  const photo = { file_name: 'Photo.JPG', content_type: 'image/jpeg' }
  for (const accept of [[], ['image/jpeg'], ['IMAGE/*'], ['.jpg'], ['application/pdf', '.Jpg']])
    t.ok(isAccepted(accept, photo))
  for (const accept of [['image/png'], ['.jpeg'], ['application/*'], ['/*']]) t.notOk(isAccepted(accept, photo))
  const unknown = { file_name: 'brief.pdf', content_type: 'application/octet-stream' }
  t.ok(isAccepted(['application/pdf'], unknown), 'the extension where the browser knew no type')
  t.ok(isAccepted(['application/pdf'], { file_name: 'x', content_type: 'application/pdf; charset=binary' }))
})

t.test('the first bytes must agree with the type and with the name', async (t) => {
  const plausible: [name: string, type: string, content: Buffer][] = [
    ['a.pdf', 'application/pdf', PDF],
    ['a.png', 'image/png', PNG],
    ['a.jpg', 'image/jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
    ['a.gif', 'image/gif', Buffer.from('GIF89a')],
    ['a.webp', 'image/webp', Buffer.from('RIFF0000WEBPVP8 ')],
    ['a.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', Buffer.from('PK\x03\x04...')],
    ['a.csv', 'text/csv', Buffer.from('a;b\n1;2')],
    ['a.csv', 'application/vnd.ms-excel', Buffer.from('a;b\n1;2')],
    ['a.xyz', 'application/x-xyz', Buffer.from('anything')],
  ]
  for (const [file_name, content_type, content] of plausible)
    t.ok(isPlausible({ file_name, content_type }, content), `${file_name} ${content_type}`)
  const false_: [name: string, type: string, content: Buffer][] = [
    ['a.pdf', 'application/pdf', Buffer.from('<script>alert(1)</script>')],
    ['a.pdf', 'application/pdf', Buffer.alloc(0)],
    ['a.png', 'image/png', PDF],
    ['a.jpg', 'text/plain', Buffer.from('MZ')],
    ['a.txt', 'text/plain', Buffer.from([0x4d, 0x5a, 0x00])],
    ['a.jpg', 'application/octet-stream', PDF],
  ]
  for (const [file_name, content_type, content] of false_)
    t.notOk(isPlausible({ file_name, content_type }, content), `${file_name} ${content_type}`)
})

t.test('a required consent must be ticked', async (t) => {
  const form = completeDefinition({
    title: 'A form',
    fields: [{ name: 'email', type: 'email' }],
    consents: [{ key: 'terms', purpose: 'service', channel: 'any', text: 'I agree.', required: true }],
  })
  const faults = (value: unknown) => validateSubmission(form, { 'consent.terms': value }, []).map(({ field }) => field)
  for (const value of [undefined, '', false, 'off', 'maybe', null, 'x'.repeat(64)])
    t.same(faults(value), ['consent.terms'])
  for (const value of [true, 'on', 'true', '1', 'a'.repeat(64), ['on', 'on']]) t.same(faults(value), [])
})

t.test('an object with members named like methods ticks nothing, and throws nothing', async (t) => {
  const field = { name: 'agreed', type: 'boolean' as const, required: true }
  const form = completeDefinition({
    title: 'A form',
    fields: [{ name: 'email', type: 'email' }],
    consents: [{ key: 'terms', purpose: 'service', channel: 'any', text: 'I agree.', required: true }],
  })
  for (const value of [{ toString: 1 }, { valueOf: 1, toString: '' }, [{ toString: null }], [[{ toString: 1 }]]]) {
    t.same(faultsOf([field], { agreed: value }), ['agreed: required'])
    const faults = validateSubmission(form, { 'consent.terms': value }, [])
    t.same(
      faults.map(({ field: name }) => name),
      ['consent.terms'],
    )
  }
  t.same(faultsOf([field], { agreed: ['on'] }), [])
})
