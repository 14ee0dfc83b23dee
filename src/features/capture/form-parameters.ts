/** Path parameters of forms. */
import { Type } from 'typebox'
import { Slug } from '../../http/schema.ts'

/** Public address: the random public key, or the slug where the workspace is known. */
export const FormAddress = Type.String({
  pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$',
  maxLength: 64,
  description: 'Public key of the form (`F…`); the slug works with a publishable key, or for the default workspace.',
  examples: ['demo'],
})

export const FormKey = Slug({ description: 'Key of the form, chosen by you.', examples: ['demo'] })
