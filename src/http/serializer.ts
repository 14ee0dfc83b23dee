/** How answers are written: by a serializer made from the schema, compiled when it is first needed. */
import SerializerSelector from '@fastify/fast-json-stringify-compiler'

/** Fastify's own compiler, put off: compiling all answers at once would be most of the time of a start. */
export function buildSerializer(externalSchemas: unknown, options: unknown) {
  const compile = SerializerSelector()(externalSchemas as never, options as never) // the types of the two packages differ
  const compileLater = (route: unknown) => {
    let serialize: ((answer: unknown) => string) | undefined
    return (answer: unknown) => {
      serialize ??= compile(route as never) as (answer: unknown) => string
      return serialize(answer)
    }
  }
  return compileLater as never
}
