/** How requests are checked against their schemas. */
import AjvCompiler from '@fastify/ajv-compiler'

interface Check {
  (value: unknown): boolean
  errors?: object[] | null | undefined
}

/** An open enum is open for readers only: what is sent to us must be a value that this version knows. */
const openEnum = {
  keyword: 'x-extensible-enum',
  errors: true,
  compile: (values: unknown[]) => {
    const check: Check = (value) => {
      if (value === null || values.includes(value)) return true
      check.errors = [{ keyword: 'enum', params: { allowedValues: values } }]
      return false
    }
    return check
  },
}

/**
 * Two Ajv builds: JSON bodies are never coerced (a null would become "", a list its only item), while the texts of
 * paths, queries and headers must be. Unknown properties are refused, never silently dropped.
 */
export function buildValidator(externalSchemas: object, options: { customOptions?: object } | undefined) {
  const build = AjvCompiler()
  const make = (coerceTypes: boolean | 'array') => {
    const customOptions = {
      ...options?.customOptions,
      removeAdditional: false,
      useDefaults: true,
      allErrors: true,
      // With the schema beside each fault: it tells what would have been right.
      verbose: true,
      coerceTypes,
      strict: false,
      // The contract tests check every schema; checking them again would be a tenth of each start.
      validateSchema: false,
      keywords: [openEnum],
    }
    return build(externalSchemas as never, { ...options, customOptions } as never) // the option types of the two packages differ
  }
  const [body, text] = [make(false), make('array')]
  // One compiler for bodies and one for texts, where the factory's types know a single one.
  return ((route: { httpPart?: string }) =>
    compileLater(() => (route.httpPart === 'body' ? body : text)(route as never))) as never
}

/** A check that is compiled when it is first needed: compiling all at once would be most of the time of a start. */
function compileLater(compile: () => unknown): Check {
  let compiled: Check | undefined
  const check: Check = (value) => {
    compiled ??= compile() as Check
    const isValid = compiled(value)
    check.errors = compiled.errors
    return isValid
  }
  return check
}
