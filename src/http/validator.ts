/** How requests are checked against their schemas. */
import AjvCompiler from '@fastify/ajv-compiler'

interface Check {
  (value: unknown): boolean
  errors?: object[]
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
      coerceTypes,
      strict: false,
      keywords: [openEnum],
    }
    return build(externalSchemas as never, { ...options, customOptions } as never) // the option types of the two packages differ
  }
  const [body, text] = [make(false), make('array')]
  // One compiler for bodies and one for texts, where the factory's types know a single one.
  return ((route: { httpPart?: string }) => (route.httpPart === 'body' ? body : text)(route as never)) as never
}
