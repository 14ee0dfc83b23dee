// Normalizing never throws and never guesses: a value is either taken in its documented normal form
// or refused with a reason. The raw value stays with the submission, so a refusal loses nothing.

/**
 * Why a value was not taken. `code` is stable and machine-readable; `detail` is one English sentence
 * for a person and never repeats what was sent.
 */
export type Refusal<Code extends string = string> = { ok: false; code: Code; detail: string }

/** Builds a refusal. */
export function refuse<Code extends string>(code: Code, detail: string): Refusal<Code> {
  return { ok: false, code, detail }
}
