/** The rules for the published document find what they are meant to find: each is shown a document with one fault. */
import t from 'tap'
import type { Document, Operation, Schema } from '../../src/http/openapi-types.ts'
import { publishedDocument } from './openapi-document.ts'
import { OPERATION_RULES } from './openapi-operation-rules.ts'
import { SCHEMA_RULES } from './openapi-schema-rules.ts'

const sound = await publishedDocument()
const RULES = { ...SCHEMA_RULES, ...OPERATION_RULES }

type Fault = (document: Document) => void

const inField =
  (schema: Schema): Fault =>
  (document) => {
    const { properties = {} } = lead(document)
    properties['email'] = schema
  }

const inOperation =
  (change: (operation: Operation) => void): Fault =>
  (document) => {
    const operation = document.paths['/v1/leads']?.['post']
    if (operation !== undefined) change(operation)
  }

function lead(document: Document): Schema {
  const schema = document.components.schemas['Lead']
  if (schema === undefined) throw new Error('the document has no Lead')
  return schema
}

const text = { type: 'string', maxLength: 9, pattern: '^a$', description: 'A text.', examples: ['a'] }

/** Beginning of a rule's name -> faults that it must find. */
const FAULTS: [string, Fault][] = [
  ['G1 G3', inField({ anyOf: [{ type: 'string' }, { type: 'null' }] })],
  ['G1 G8 G11', inField({ oneOf: [text] })],
  ['G1 G8 G11', inField({ const: 'a' })],
  ['G2 G11', inField({ ...text, type: ['string', 'integer'] })],
  ['G2 G11', inField({ type: 'null' })],
  ['G4 G5', inField({ type: ['string', 'null'], enum: ['a', null] })],
  ['G6', inField({ type: 'string', enum: ['a', '-a'] })],
  ['G6', inField({ type: 'string', enum: ['1a', 'b'] })],
  ['G7', inField({ ...text, 'x-extensible-enum': ['a'] })],
  ['G9 G10', inField({ type: 'object', properties: {}, additionalProperties: { type: 'string' }, maxProperties: 1 })],
  ['G9 G10', inField({ type: 'object' })],
  ['G12', inField({ $ref: '#/components/schemas/Lead' })],
  ['G13', inField({ type: 'integer', format: 'int32', minimum: 0, maximum: 2 ** 31 })],
  ['G13', inField({ type: 'number' })],
  [
    'G14',
    (document) =>
      Object.assign(document.components.schemas['LeadCreate']?.properties?.['email'] ?? {}, { default: 'a' }),
  ],
  ['G15', inOperation(({ responses }) => Object.assign(responses, { '4XX': { description: 'Wrong.' } }))],
  ['G15', inOperation(({ responses }) => Object.assign(responses, { 400: { description: 'Wrong.' } }))],
  [
    'G16',
    inOperation(({ requestBody }) =>
      Object.assign(requestBody?.content ?? {}, { 'application/merge-patch+json': { schema: text } }),
    ),
  ],
  ['G17: one', inOperation(({ responses }) => Object.assign(responses, { 202: { description: 'Later.' } }))],
  ['G17: 204', inOperation(({ responses }) => Object.assign(responses, { 204: { content: {} } }))],
  ['G18', inField({ type: 'integer', format: 'binary' })],
  ['G19', inField({ type: 'object', properties: { a: text } })],
  ['G19', (document) => Object.assign(document.components.schemas, { lead: { ...lead(document), title: 'lead' } })],
  ['G19', (document) => Object.assign(document.components.schemas, { File: { ...lead(document), title: 'File' } })],
  ['G20: an operationId', inOperation((operation) => Object.assign(operation, { operationId: 'listleads' }))],
  ['G20: one tag', inOperation((operation) => Object.assign(operation, { tags: ['Leads', 'Forms'] }))],
  [
    'G21: a parameter',
    inOperation(({ parameters }) => parameters?.push({ in: 'query', name: 'fooBar', required: false, schema: text })),
  ],
  [
    'G21: no credential',
    inOperation(({ parameters }) =>
      parameters?.push({ in: 'query', name: 'access_token', required: false, schema: text }),
    ),
  ],
  [
    'every parameter',
    inOperation(({ parameters }) => parameters?.push({ in: 'query', name: 'foo', required: false, schema: text })),
  ],
  [
    'a path parameter',
    (document) => Object.assign(document.paths, { '/v1/leads/{foo_id}': document.paths['/v1/leads'] }),
  ],
  ['G22', inField({ ...text, pattern: '^a$|b' })],
  ['G22', inField({ ...text, pattern: '^(?=a)a$' })],
  ['G22', inField({ ...text, format: 'uuid' })],
  ['G23: a text', inField({ type: 'string', pattern: '^a$' })],
  ['G23: a text', inField({ type: 'string', maxLength: 3 })],
  ['G23: a list', inField({ type: 'array', items: text })],
  ['G23: an operation', inOperation(({ responses }) => Reflect.deleteProperty(responses, '429'))],
  ['G23: an operation', inOperation((operation) => Object.assign(operation, { parameters: [] }))],
  ['G23: every answer', inOperation(({ responses }) => Object.assign(responses, { 201: { description: 'New.' } }))],
  ['G24', (document) => Object.assign(document, { servers: [{ url: 'http://api.example.com' }] })],
  ['G25', (document) => Object.assign(document.webhooks?.['lead.created']?.['post'] ?? {}, { requestBody: undefined })],
  ['every component and every field has a description', inField({ type: 'boolean' })],
  ['every component and every field has an example', inField({ type: 'boolean' })],
  ['every declared property', (document) => Object.assign(lead(document), { required: [] })],
  [
    'a request refuses',
    (document) => Reflect.deleteProperty(document.components.schemas['LeadCreate'] ?? {}, 'additionalProperties'),
  ],
  ['a path is', (document) => Object.assign(document.paths, { '/v1/leadList': document.paths['/v1/leads'] })],
  ['an operation with a scope', inOperation((operation) => Reflect.deleteProperty(operation, 'x-required-scope'))],
]

for (const [i, [beginning, plant]] of FAULTS.entries()) {
  t.test(`fault ${i + 1} is found by: ${beginning}`, async (t) => {
    const [[, findings] = []] = Object.entries(RULES).filter(([name]) => name.startsWith(beginning))
    if (findings === undefined) throw new Error(`no rule begins with ${beginning}`)
    const faulty = structuredClone(sound)
    plant(faulty)
    t.ok(findings(faulty).length > findings(sound).length)
  })
}

t.test('every rule has a fault that proves it', async (t) => {
  const unproven = Object.keys(RULES).filter((name) => !FAULTS.some(([beginning]) => name.startsWith(beginning)))
  t.same(unproven, [])
})
