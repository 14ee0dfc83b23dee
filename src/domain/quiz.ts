// A quiz: answers of a form that are worth points. The sum becomes a value of the lead like any other, so conditions and
// score models can ask for it. The points stand apart from the options, which every visitor can read.
import type { FormDefinition, FormField } from './form.ts'
import type { SubmissionPayload } from './submission.ts'
import { isTicked } from './validate-submission.ts'

export interface QuizAnswer {
  /** Name of the field. */
  field: string
  /** The value that earns the points; `true` or `false` for a check box. */
  value: string
  points: number
}

export interface Quiz {
  /** `custom_fields.<key>`: takes the sum. */
  maps_to: string
  answers: QuizAnswer[]
}

/** The sum of what was answered; null when no field of the quiz was, for that says nothing about the person. */
export function quizPoints({ quiz, fields }: FormDefinition, payload: SubmissionPayload): number | null {
  if (quiz === null) return null
  const asked = new Set(quiz.answers.map(({ field }) => field))
  const given = new Map(
    fields.filter(({ name }) => asked.has(name)).map((field) => [field.name, textsOf(field, payload[field.name])]),
  )
  if ([...given.values()].every((texts) => texts.length === 0)) return null
  const earned = quiz.answers.filter(({ field, value }) => given.get(field)?.includes(value))
  return earned.reduce((sum, { points }) => sum + points, 0)
}

/** The values of a field as texts; a check box is `true` or `false`, however the page spells it. */
export function textsOf(field: FormField, value: unknown): string[] {
  const texts = (Array.isArray(value) ? value : [value]).flatMap((one) => {
    const text = ['string', 'number', 'boolean'].includes(typeof one) ? String(one).trim() : ''
    return text === '' ? [] : [text]
  })
  if (field.type !== 'boolean' || texts.length === 0) return texts
  return texts.map((text) => (isTicked(text) ? 'true' : NO.has(text.toLowerCase()) ? 'false' : text))
}

const NO = new Set(['false', 'off', 'no', '0'])
