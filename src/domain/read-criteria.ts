// Answers to qualification criteria that a submission brings: each field that maps to `criteria.<key>` answers that
// criterion, by the values that the lifecycle declares, with the question and the chosen words as evidence.
import { cutText } from './cut-text.ts'
import type { FormDefinition, FormField } from './form.ts'
import { type AnswerNews, expiryOf } from './lifecycle/merge-answers.ts'
import type { QualificationPolicy } from './lifecycle/qualification.ts'
import { statusOfValues } from './lifecycle/value-status.ts'
import { textsOf } from './quiz.ts'
import type { ReceivedSubmission } from './read-submission.ts'
import { encodeTypeId } from './type-id.ts'

/** Prefix of the targets of fields that answer a criterion. */
export const CRITERIA_PREFIX = 'criteria.'

/** Longest value and longest evidence of an answer, as in the API. */
const MOST_VALUE = 2_000
const MOST_EVIDENCE = 5_000

/** Criteria that a form answers, with the place of each field. */
export function criteriaOf({ fields }: Pick<FormDefinition, 'fields'>): { field: FormField; key: string; i: number }[] {
  return fields.flatMap((field, i) =>
    field.maps_to?.startsWith(CRITERIA_PREFIX) ? [{ field, key: field.maps_to.slice(CRITERIA_PREFIX.length), i }] : [],
  )
}

export interface SubmittedAnswers {
  news: AnswerNews[]
  /** Criteria that the lifecycle does not have any more: the value stays with the submission. */
  unknown: string[]
}

/** The answers of a submission under the lifecycle that holds now. */
export function readCriteria(
  form: FormDefinition,
  submission: ReceivedSubmission,
  policy: QualificationPolicy,
): SubmittedAnswers {
  const read: SubmittedAnswers = { news: [], unknown: [] }
  const received = new Date(submission.received_at)
  const by = `form:${submission.form_key}`
  for (const { field, key } of criteriaOf(form)) {
    const given = textsOf(field, submission.payload[field.name])
    if (given.length === 0) continue
    const criterion = policy.criteria.find((one) => one.key === key)
    if (criterion === undefined) {
      read.unknown.push(key)
      continue
    }
    read.news.push({
      criterion: key,
      answer: {
        value: cutText(given.join(', '), MOST_VALUE),
        ...statusOfValues(criterion, given, field.type === 'boolean'),
        ...{ source: by, by: 'person', actor: by },
        evidence: cutText(`${field.label}: ${given.map((text) => labelOf(field, text)).join(', ')}`, MOST_EVIDENCE),
        evidence_url: `/v1/form-submissions/${encodeTypeId('submission', submission.id)}`,
        answered_at: received.toISOString(),
        expires_at: expiryOf(policy, key, received),
      },
    })
  }
  return read
}

const labelOf = ({ options }: FormField, text: string) => options.find(({ value }) => value === text)?.label ?? text
