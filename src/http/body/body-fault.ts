// What the input gate answers: a value that is safe to store as sent, or one clear reason why not.
// The sentences are fixed: a refusal never repeats the refused bytes, so it cannot leak or reflect them.

/** Stable snake_case codes of the gate; clients and the error catalogue rely on them. */
export type BodyFaultCode = keyof typeof faultSentences

/**
 * One reason to refuse a body. `pointer` is an RFC 6901 pointer to the offending value; for a fault of a member name
 * itself it names the object that holds the member. `null` when no single place is to blame.
 */
export type BodyFault = { code: BodyFaultCode; detail: string; pointer: string | null }

export type BodyRefusal = { ok: false; fault: BodyFault }

export type BodyResult<Value> = { ok: true; value: Value } | BodyRefusal

const faultSentences = {
  invalid_utf8: 'The body is not valid UTF-8.',
  invalid_json: 'The body is not valid JSON.',
  invalid_form_encoding: 'The form data has a "%" that is not followed by two hexadecimal digits.',
  duplicate_key: 'An object names the same member twice.',
  forbidden_key: 'The member name "__proto__" is not allowed.',
  key_too_long: 'A member name has too many characters.',
  too_many_keys: 'The body has too many members.',
  too_many_elements: 'The arrays of the body have too many elements.',
  too_deep: 'Objects and arrays are nested too deeply.',
  nul_character: 'The character U+0000 cannot be stored.',
  lone_surrogate: 'The text has half of a surrogate pair, which is not a character.',
  number_not_exact: 'The number cannot be kept exactly; send it as a string or with fewer digits.',
}

/** Makes a fault with its fixed sentence; `limit` is the number that was exceeded, where there is one. */
export function makeBodyFault(code: BodyFaultCode, pointer: string | null, limit?: number): BodyFault {
  const sentence = faultSentences[code]
  return { code, detail: limit === undefined ? sentence : `${sentence} The limit is ${limit}.`, pointer }
}

/** A refusal as a result, for the parsers. */
export function refuseBody(code: BodyFaultCode, pointer: string | null = null, limit?: number): BodyRefusal {
  return { ok: false, fault: makeBodyFault(code, pointer, limit) }
}
