/** Shapes of the quiz of a form on the wire. */
import { Type } from 'typebox'
import { component, Int, input, List, ref, Text } from '../../http/schema.ts'
import { fieldFields } from './form-field-schemas.ts'

const answerFields = {
  field: fieldFields.name,
  value: Text(500, {
    description: 'The value that earns them; `true` or `false` for a check box.',
    examples: ['demo'],
  }),
  points: Int(-1_000, 1_000, { description: 'What it is worth.', examples: [10] }),
}
const QuizAnswerSchema = component('FormQuizAnswer', 'An answer that is worth points.', answerFields)
const QuizAnswerUpdate = input('FormQuizAnswerUpdate', 'An answer that is worth points.', answerFields)

const quizFields = (answer: typeof QuizAnswerSchema) => ({
  maps_to: Type.String({
    pattern: '^custom_fields\\.[a-z][a-z0-9_]{0,63}$',
    maxLength: 78,
    description: 'The custom field of the lead that takes the sum; best an integer.',
    examples: ['custom_fields.quiz_points'],
  }),
  answers: List(ref(answer), 2_000, {
    description: 'Answers with their points; what is not listed is worth nothing. Visitors never see them.',
    minItems: 1,
  }),
})

export const FormQuiz = component('FormQuiz', 'What the answers of a form are worth.', quizFields(QuizAnswerSchema))
export const FormQuizUpdate = input('FormQuizUpdate', 'What the answers are worth.', quizFields(QuizAnswerUpdate))
