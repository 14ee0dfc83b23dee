/** The published document: drift, the rules for client generators, examples, and the 3.0 edition. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import t from 'tap'
import { CHANGE_TYPES } from '../../src/changes/change.ts'
import { openapiFiles } from '../../src/commands/openapi.ts'
import { toOpenapi30 } from '../../src/http/openapi-3-0.ts'
import { packageRoot } from '../../src/package-root.ts'
import { checkerOf } from './openapi-ajv.ts'
import { publishedDocument } from './openapi-document.ts'
import { OPERATION_RULES } from './openapi-operation-rules.ts'
import { SCHEMA_RULES } from './openapi-schema-rules.ts'
import { allSchemas, operationsOf, webhooksOf } from './openapi-walk.ts'

const document = await publishedDocument()

t.test('the committed documents are what the code produces', async (t) => {
  for (const [name, text] of Object.entries(openapiFiles(document))) {
    const committed = readFileSync(path.join(packageRoot(), 'openapi', name), 'utf8')
    t.ok(committed === text, `openapi/${name} has drifted: run \`npm run openapi\` and commit it`)
  }
})

for (const [rule, findings] of Object.entries({ ...SCHEMA_RULES, ...OPERATION_RULES })) {
  t.test(rule, async (t) => t.same(findings(document), []))
}

t.test('every example is valid by its own schema', async (t) => {
  const check = checkerOf(document)
  const faults = allSchemas(document).flatMap(({ at, schema }) => {
    const { examples = [], ...bare } = schema
    return examples
      .map((example) => check(bare, example))
      .flatMap((fault) => (fault === null ? [] : [`${at}: ${fault}`]))
  })
  t.same(faults, [])
  const parameters = [...operationsOf(document), ...webhooksOf(document)].flatMap(({ operation }) =>
    (operation.parameters ?? []).flatMap(({ name, schema, example }) => {
      const fault = check(schema, example)
      return fault === null ? [] : [`${operation.operationId}?${name}: ${fault}`]
    }),
  )
  t.same(parameters, [])
})

t.test('the 3.1 document and its 3.0 edition are valid OpenAPI', async (t) => {
  t.equal(document.openapi, '3.1.1')
  const edition = toOpenapi30(document)
  t.equal(edition['openapi'], '3.0.3')
  for (const each of [document, edition]) {
    const { valid, errors } = await new Validator().validate(structuredClone(each))
    t.ok(valid, JSON.stringify(errors))
  }
})

t.test('every type of change has its webhook', async (t) => {
  t.same(Object.keys(document.webhooks ?? {}), Object.keys(CHANGE_TYPES))
  t.equal(document.webhooks?.['lead.created']?.['post']?.operationId, 'onLeadCreated')
})
