/** A validator for the schemas of a published document. */
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Document, Schema } from '../../src/http/openapi-types.ts'

/** Gives the check of any schema of this document; the first faults as one sentence, or null. */
export function checkerOf(document: Document): (schema: Schema, value: unknown) => string | null {
  const ajv = new Ajv2020.default({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'doc', components: document.components })
  const known = new Map<string, ValidateFunction>()
  return (schema, value) => {
    const text = JSON.stringify(schema)
    const validate = known.get(text) ?? ajv.compile(JSON.parse(text.replaceAll('"#/', '"doc#/')))
    known.set(text, validate)
    return validate(value) ? null : ajv.errorsText(validate.errors, { dataVar: '' })
  }
}
