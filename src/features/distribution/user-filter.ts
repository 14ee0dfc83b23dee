/** The filters of the list of sellers, as the statement takes them. */
import { normalizeEmail } from '../../domain/normalize/email.ts'
import { ApiError } from '../../errors.ts'
import type { UserFilter } from './user-queries.ts'

interface Given {
  active?: boolean
  email?: string
  external_system?: string
  external_id?: string
}

/** The filter of a list; 400 when an id comes without its system or the other way round. */
export function readUserFilter({ active, email, external_system: system, external_id }: Given): UserFilter {
  if ((system === undefined) !== (external_id === undefined)) {
    const parameter = system === undefined ? 'external_system' : 'external_id'
    throw faultOf(parameter, 'required', 'external_system and external_id come together.')
  }
  return {
    active: active ?? null,
    email: email === undefined ? null : emailKeyOf(email),
    external_id: system === undefined || external_id === undefined ? null : { system, external_id },
  }
}

function emailKeyOf(text: string): string {
  const email = normalizeEmail(text)
  if (email.ok) return email.value.toLowerCase()
  throw faultOf('email', email.code, email.detail)
}

function faultOf(parameter: string, code: string, detail: string): ApiError {
  return new ApiError('validation_failed', detail, { items: [{ code, detail, pointer: null, parameter }] })
}
