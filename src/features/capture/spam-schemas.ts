/** Shapes of spam settings and verdicts on the wire. */
import { type TProperties, Type } from 'typebox'
import { CHALLENGES, SPAM_SIGNALS } from '../../domain/spam/spam-settings.ts'
import { ClosedEnum, component, Flag, Int, input, List, Nullable, OpenEnum, ref, Text } from '../../http/schema.ts'

const settings = {
  honeypot_field: Type.String({
    pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,63}$',
    maxLength: 64,
    description: 'Name of an input that people do not see; `_hp` when left out. Whoever fills it in is no person.',
    examples: ['_hp'],
  }),
  min_seconds: Int(0, 60, {
    description: 'Least seconds from rendering to submission; 2 when left out.',
    examples: [2],
  }),
  require_token: Flag({
    description: 'Quarantine submissions without a valid timing token. Plain HTML forms and other programs have none.',
    examples: [false],
  }),
  token_lifetime_seconds: Int(60, 604_800, {
    description: 'How long a rendered form may be submitted; 86,400 when left out.',
    examples: [86_400],
  }),
  max_per_network: Int(1, 100_000, {
    description: 'Most submissions from one network (/24, /48) in ten minutes; 30 when left out.',
    examples: [30],
  }),
  max_per_form: Int(1, 1_000_000, {
    description: 'Submissions of the form in ten minutes beyond which other doubts weigh more; 1,000 when left out.',
    examples: [1_000],
  }),
  quarantine_at: Int(1, 1_000, {
    description: 'Score from which a submission is quarantined; 100 when left out.',
    examples: [100],
  }),
  weights: Type.Unsafe<Record<string, number>>({
    type: 'object',
    additionalProperties: { type: 'integer', format: 'int32', minimum: 0, maximum: 1000 },
    maxProperties: SPAM_SIGNALS.length,
    description: `Own weights of signals; 0 switches one off. Signals: ${SPAM_SIGNALS.map((signal) => `\`${signal}\``).join(', ')}.`,
    examples: [{ disposable_email: 100 }],
  }),
  challenge: OpenEnum(CHALLENGES, { description: 'What the visitor has to solve.', examples: ['none'] }),
  challenge_site_key: Nullable(
    Text(200, { description: 'Public key of the widget of the challenge.', examples: [null] }),
  ),
  proof_of_work_bits: Int(8, 22, {
    description: 'Leading zero bits of the proof of work; 16 when left out (half a second on a cheap phone).',
    examples: [16],
  }),
  challenge_min_score: Type.Number({
    format: 'double',
    minimum: 0,
    maximum: 1,
    description: 'Least score of verifiers that give one; 0.5 when left out.',
    examples: [0.5],
  }),
  on_verifier_down: OpenEnum(['quarantine'], {
    description: 'What happens when the verifier cannot be asked.',
    examples: ['quarantine'],
  }),
}

export const SpamSettingsSchema = component('SpamSettings', 'What counts as spam for a form.', settings)

export const SpamSettingsUpdate = input(
  'SpamSettingsUpdate',
  'What counts as spam; parts that are left out take their defaults.',
  // Making every property optional loses their names in the types; the static type is that of the full settings.
  Object.fromEntries(Object.entries(settings).map(([key, schema]) => [key, Type.Optional(schema)])) as TProperties,
)

const SpamReasonSchema = component('SpamReason', 'One thing that speaks against a submission.', {
  code: OpenEnum(SPAM_SIGNALS, { description: 'What it is.', examples: ['honeypot_filled'] }),
  weight: Int(0, 1000, { description: 'What it adds to the score.', examples: [100] }),
})

export const SpamVerdictSchema = component('SpamVerdict', 'How a submission was judged before anybody was looked up.', {
  verdict: ClosedEnum(['clean', 'quarantine'], { description: 'The verdict.', examples: ['quarantine'] }),
  score: Int(0, 100_000, { description: 'Sum of the weights.', examples: [100] }),
  reasons: List(ref(SpamReasonSchema), 50, { description: 'What speaks against it.' }),
})
