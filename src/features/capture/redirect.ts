/** Where a visitor goes after a native form: only to addresses that the form's owner has listed. */
import type { FastifyRequest } from 'fastify'
import type { FormDefinition } from '../../domain/form.ts'
import { ApiError } from '../../errors.ts'

/** The address to go on to, null when the form has none; 400 when a submission names one that is not listed. */
export function redirectFor(form: FormDefinition, asked: string | null): string | null {
  if (asked === null) return form.success_url
  if (asked === form.success_url || form.allowed_redirects.includes(asked)) return asked
  throw new ApiError('validation_failed', 'This form does not redirect there; add the URL to allowed_redirects.', {
    items: [
      { code: 'redirect_not_allowed', detail: 'Not in the list of the form.', pointer: '/_redirect', parameter: null },
    ],
  })
}

/** The address as a header can hold it: other letters than those of ASCII are escaped. */
export const locationOf = (url: string) => new URL(url).href

/** True for a browser that posts a native form and shows whatever comes back. */
export function wantsPage(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? ''
  return (
    accept.includes('text/html') && !/^(application\/json|text\/plain)/i.test(request.headers['content-type'] ?? '')
  )
}
