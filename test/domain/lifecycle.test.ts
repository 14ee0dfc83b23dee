import fc from 'fast-check'
import t from 'tap'
import { leadConditionFacts } from '../../src/domain/condition/condition-facts.ts'
import { leadFieldCatalogue } from '../../src/domain/condition/field-catalogue.ts'
import { leadFieldFamilies, withConsentFields } from '../../src/domain/condition/lead-families.ts'
import type { LeadFacts } from '../../src/domain/lead.ts'
import { compileLifecycle, completeLifecycle } from '../../src/domain/lifecycle/compile-lifecycle.ts'
import {
  decideStage,
  nextStageChange,
  type StageFacts,
  type StageObstacle,
  type StageWish,
} from '../../src/domain/lifecycle/decide-stage.ts'
import { DEFAULT_LIFECYCLE } from '../../src/domain/lifecycle/default-lifecycle.ts'
import { STANDARD_CRITERIA, STANDARD_FRAMEWORKS } from '../../src/domain/lifecycle/frameworks.ts'
import { findLifecycleFaults } from '../../src/domain/lifecycle/lifecycle-faults.ts'
import type { LifecyclePolicy, Transition } from '../../src/domain/lifecycle/lifecycle-policy.ts'
import { expiryOf, mergeAnswers } from '../../src/domain/lifecycle/merge-answers.ts'
import { type CriterionAnswer, decideQualification } from '../../src/domain/lifecycle/qualification.ts'
import { staysOf } from '../../src/domain/lifecycle/stage-stays.ts'
import { statusOfValues } from '../../src/domain/lifecycle/value-status.ts'

const NOW = new Date('2026-03-01T12:00:00.000Z')
const HOUR = 3_600_000
const names = { frameworks: ['bant', 'meddic', 'champ'], criteria: STANDARD_CRITERIA.map(({ key }) => key) }
const catalogue = withConsentFields(leadFieldCatalogue([], leadFieldFamilies({ accountFields: [], ...names })))

const transition = (key: string, from: string[], to: string, more: Partial<Transition> = {}): Transition => ({
  ...{ key, from, to, by: ['automatic', 'key', 'sales'], gate: null, framework: null, framework_needs: 'qualified' },
  ...{ criteria: [], reason_required: false },
  ...more,
})

const policyOf = (transitions: Transition[], more: Partial<LifecyclePolicy> = {}): LifecyclePolicy => ({
  ...DEFAULT_LIFECYCLE,
  transitions,
  ...more,
})

const lead = (more: Partial<LeadFacts> = {}) =>
  ({ id: 'x', stage_key: 'lead', created_at: NOW.toISOString(), custom_fields: {}, ...more }) as LeadFacts

const factsOf = (of: LeadFacts, more: Partial<StageFacts> = {}): StageFacts => ({
  stage_key: of.stage_key,
  moved_at: null,
  conditions: leadConditionFacts(of),
  statuses: {},
  verdicts: {},
  ...more,
})

const decide = (policy: LifecyclePolicy, facts: StageFacts, wish: Partial<StageWish> = {}) =>
  decideStage(
    compileLifecycle('lifecycle:test@1', policy, catalogue),
    facts,
    {
      ...{ by: 'automatic', to: null, reason: null },
      ...wish,
    },
    NOW,
  )

const inGermany = { any: [{ all: [{ field: 'country', op: 'eq' as const, value: 'DE' }] }] }

t.test('a lead is promoted through the first gate that is open, and the closed ones before it are named', (t) => {
  const policy = policyOf([
    transition('to_sql', ['lead'], 'sql', { framework: 'bant' }),
    transition('to_mql', ['lead'], 'mql', { gate: inGermany }),
    transition('to_sal', ['lead'], 'sal'),
  ])
  t.strictSame(decide(policy, factsOf(lead({ country: 'DE' }))), {
    move: { to: 'mql', transition: 'to_mql' },
    rejected: [{ transition: 'to_sql', to: 'sql', obstacles: ['framework_incomplete'] }],
  })
  t.equal(decide(policy, factsOf(lead({ country: 'AT' }))).move?.to, 'sal')
  t.end()
})

t.test('everything that stands in the way of a wished move is named at once', (t) => {
  const policy = policyOf(
    [
      transition('back', [], 'subscriber', {
        by: ['sales'],
        gate: inGermany,
        criteria: ['budget'],
        reason_required: true,
      }),
    ],
    { no_backwards: true },
  )
  const { move, rejected } = decide(policy, factsOf(lead()), { by: 'key', to: 'subscriber' })
  t.equal(move, null)
  t.strictSame(rejected[0]?.obstacles, [
    'not_permitted',
    'reason_required',
    'goes_backwards',
    'gate_closed',
    'criteria_not_met',
  ])
  t.end()
})

t.test('each rule refuses by its own name', (t) => {
  const open = [transition('any', [], 'sql'), transition('out', [], 'disqualified', { reason_required: true })]
  const cases: [StageObstacle, Partial<LifecyclePolicy>, Partial<LeadFacts>, Partial<StageWish>][] = [
    ['unknown_stage', {}, {}, { by: 'key', to: 'nowhere' }],
    ['not_defined', {}, {}, { by: 'key', to: 'mql' }],
    ['skips_stages', { no_skip: true }, {}, { by: 'key', to: 'sql' }],
    ['goes_backwards', {}, { stage_key: 'customer' }, { by: 'key', to: 'sql' }],
    ['reason_required', {}, {}, { by: 'sales', to: 'disqualified' }],
    ['unknown_reason', {}, {}, { by: 'sales', to: 'disqualified', reason: 'because' }],
  ]
  for (const [obstacle, more, of, wish] of cases) {
    const verdict = decide(policyOf(open, more), factsOf(lead(of)), wish)
    t.equal(verdict.move, null, obstacle)
    t.ok(verdict.rejected[0]?.obstacles.includes(obstacle), obstacle)
  }
  t.equal(decide(policyOf(open), factsOf(lead({ stage_key: 'recycled' })), { by: 'key', to: 'sql' }).move?.to, 'sql')
  t.equal(
    decide(policyOf(open), factsOf(lead()), { by: 'sales', to: 'disqualified', reason: 'not_a_fit' }).move?.to,
    'disqualified',
  )
  t.end()
})

t.test('an automatic move waits until the lead has cooled, and says when', (t) => {
  const policy = policyOf([transition('on', ['lead'], 'mql')], { cool_down_seconds: 3_600 })
  const compiled = compileLifecycle('lifecycle:test@1', policy, catalogue)
  const moved_at = new Date(NOW.getTime() - HOUR / 2).toISOString()
  const facts = factsOf(lead(), { moved_at })
  t.strictSame(decide(policy, facts).rejected[0]?.obstacles, ['cooling_down'])
  t.equal(nextStageChange(compiled, facts, NOW), NOW.getTime() + HOUR / 2)
  t.equal(decide(policy, factsOf(lead(), { moved_at: new Date(NOW.getTime() - HOUR).toISOString() })).move?.to, 'mql')
  t.equal(decide(policy, factsOf(lead())).move?.to, 'mql', 'a lead that never moved has nothing to cool from')
  t.equal(decide(policy, facts, { by: 'key', to: 'mql' }).move?.to, 'mql', 'people need not wait')
  t.end()
})

t.test('a lead whose stage the lifecycle does not know enters it', (t) => {
  t.strictSame(decide(DEFAULT_LIFECYCLE, factsOf(lead({ stage_key: 'gone' }))).move, {
    to: 'lead',
    transition: 'entry',
  })
  t.end()
})

t.test('the verdict is a move exactly when its transition has no obstacle', (t) => {
  const keys = DEFAULT_LIFECYCLE.stages.map(({ key }) => key)
  fc.assert(
    fc.property(
      fc.constantFrom(...keys),
      fc.option(fc.constantFrom(...keys, 'nowhere')),
      fc.constantFrom('automatic' as const, 'key' as const, 'sales' as const),
      fc.option(fc.constantFrom('not_now', 'because')),
      fc.boolean(),
      fc.boolean(),
      (stage_key, to, by, reason, no_skip, no_backwards) => {
        const policy = { ...DEFAULT_LIFECYCLE, no_skip, no_backwards }
        const { move, rejected } = decide(policy, factsOf(lead({ stage_key })), { to, by, reason })
        for (const one of rejected) if (one.obstacles.length === 0) throw new Error('rejected for nothing')
        if (move === null) return to === null || rejected.length > 0
        const path = policy.stages.filter(({ kind }) => kind === 'path').map(({ key }) => key)
        const [here, there] = [path.indexOf(stage_key), path.indexOf(move.to)]
        if (here >= 0 && there >= 0 && no_backwards && there < here) return false
        // Only who names the stage that the lead is in begins a new stay there.
        return to === null ? move.to !== stage_key : move.to === to
      },
    ),
  )
  t.end()
})

t.test('the faults of a lifecycle are told with their places', (t) => {
  const faults = (policy: LifecyclePolicy) =>
    findLifecycleFaults(policy, catalogue).map((f) => `${f.code} ${f.pointer}`)
  const known = DEFAULT_LIFECYCLE.transitions.filter(({ gate }) => JSON.stringify(gate).includes('score') === false)
  t.strictSame(faults({ ...DEFAULT_LIFECYCLE, transitions: known }), [])
  t.strictSame(
    faults(
      policyOf(
        [
          transition('a', ['nowhere'], 'mql', { framework: 'spin', criteria: ['luck'] }),
          transition('a', [], 'gone', { by: ['key'], gate: { any: [{ all: [{ field: 'nope', op: 'is_set' }] }] } }),
        ],
        { accept_stage: 'gone', reasons: [{ key: 'r', label: 'R', to: 'gone', wake_after_days: null }] },
      ),
    ),
    [
      'duplicate /transitions/1/key',
      'unknown_stage /accept_stage',
      'unknown_stage /transitions/0/from/0',
      'unknown_framework /transitions/0/framework',
      'unknown_criterion /transitions/0/criteria/0',
      'unknown_stage /transitions/1/to',
      'unknown_stage /reasons/0/to',
      'unknown_condition_field /transitions/1/gate/any/0/all/0/field',
    ],
  )
  const circle = [transition('a', ['lead'], 'recycled'), transition('b', ['recycled'], 'lead')]
  t.strictSame(faults(policyOf(circle)), ['automatic_circle /cool_down_seconds'])
  t.strictSame(faults(policyOf(circle, { cool_down_seconds: 3_600 })), [])
  t.strictSame(
    faults(policyOf([transition('a', ['lead'], 'mql'), transition('b', ['mql'], 'lead')])),
    [],
    'the way back is closed by no_backwards',
  )
  t.end()
})

const answer = (more: Partial<CriterionAnswer> = {}): CriterionAnswer => ({
  ...{ value: 'yes', status: 'met', source: 'api', by: 'person', actor: 'key', evidence: null, evidence_url: null },
  ...{ confidence: null, answered_at: NOW.toISOString(), expires_at: null },
  ...more,
})

const qualification = { criteria: STANDARD_CRITERIA, frameworks: STANDARD_FRAMEWORKS, min_confidence: 0.5 }
const bantOf = (answers: Record<string, CriterionAnswer>, at = NOW) =>
  decideQualification(answers, qualification, at).verdicts['bant']

t.test('BANT is complete with four answers and qualified with three of them met', (t) => {
  const three = { budget: answer(), authority: answer(), need: answer() }
  t.match(bantOf(three), { complete: false, qualified: false, score: 75, missing: ['timeline'] })
  t.match(bantOf({ ...three, timeline: answer({ status: 'partly_met' }) }), {
    complete: true,
    qualified: true,
    score: 88,
  })
  t.match(bantOf({ ...three, timeline: answer({ status: 'not_met' }) }), {
    complete: true,
    qualified: false,
    unmet: ['timeline'],
  })
  t.match(bantOf({ ...three, timeline: answer({ confidence: 0.4 }) }), { complete: false }, 'too unsure to count')
  t.end()
})

t.test('an answer that expires turns the verdict at that moment', (t) => {
  const expires_at = new Date(NOW.getTime() + HOUR).toISOString()
  const four = { budget: answer({ expires_at }), authority: answer(), need: answer(), timeline: answer() }
  const verdict = decideQualification(four, qualification, NOW)
  t.equal(verdict.next_change_at, NOW.getTime() + HOUR)
  t.match(verdict.verdicts['bant'], { qualified: true })
  const later = decideQualification(four, qualification, new Date(expires_at))
  t.match(later, { next_change_at: null, statuses: { budget: 'expired' } })
  t.match(later.verdicts['bant'], { qualified: false, missing: ['budget'] })
  t.equal(expiryOf(qualification, 'budget', NOW), '2026-05-30T12:00:00.000Z')
  t.equal(expiryOf(qualification, 'need', NOW), null)
  t.end()
})

t.test('a machine never writes over what a person said, while it holds', (t) => {
  const machine = answer({ by: 'machine', status: 'not_met', confidence: 0.9, source: 'enrichment:x' })
  const merge = (before: CriterionAnswer, next: CriterionAnswer) =>
    mergeAnswers({ budget: before }, [{ criterion: 'budget', answer: next }], NOW)
  t.strictSame(merge(answer(), machine).kept, [{ criterion: 'budget', reason: 'typed_by_person' }])
  t.strictSame(merge(answer({ expires_at: '2026-01-01T00:00:00.000Z' }), machine).changed, ['budget'])
  t.strictSame(merge(machine, answer()).changed, ['budget'])
  t.strictSame(merge(machine, { ...machine, status: 'met', confidence: 0.5 }).kept.length, 1, 'less sure')
  t.strictSame(merge(answer(), answer()).changed, [], 'the same again is no news')
  t.strictSame(mergeAnswers({ budget: answer() }, [{ criterion: 'budget', answer: null }], NOW).answers, {})
  t.end()
})

t.test('a submission that is read later never writes over what a person has said since', (t) => {
  const early = answer({ value: 'no', status: 'not_met', answered_at: '2026-02-01T00:00:00.000Z' })
  const merge = (before: CriterionAnswer, next: CriterionAnswer) =>
    mergeAnswers({ budget: before }, [{ criterion: 'budget', answer: next }], NOW)
  t.strictSame(merge(answer(), early).kept, [{ criterion: 'budget', reason: 'later_answer' }])
  t.strictSame(merge(early, early), { answers: { budget: early }, changed: [], kept: [] }, 'read again: no news')
  t.strictSame(merge(answer({ by: 'machine' }), early).changed, ['budget'], 'a person beats a machine all the same')
  const ahead = answer({ value: 'no', answered_at: new Date(NOW.getTime() + HOUR).toISOString() })
  t.strictSame(merge(ahead, answer()).changed, ['budget'], 'the clock of another process was fast')
  t.end()
})

t.test('a value says what the lifecycle declares, a yes or no speaks for itself, others wait', (t) => {
  const [budget] = STANDARD_CRITERIA
  if (budget === undefined) throw new Error('there are criteria')
  const values = [
    { value: 'Over 20k', status: 'met' as const, confidence: 0.8 },
    { value: 'some', status: 'partly_met' as const, confidence: null },
    { value: 'false', status: 'partly_met' as const, confidence: null },
  ]
  const of = (given: string[], isChoice = false, declared = values) =>
    statusOfValues({ ...budget, values: declared }, given, isChoice)
  t.strictSame(of([' over 20K ']), { status: 'met', confidence: 0.8 })
  t.strictSame(of(['maybe', 'some', 'Over 20k']), { status: 'met', confidence: 0.8 }, 'the best of several')
  t.strictSame(of(['maybe']), { status: 'unknown', confidence: null })
  t.strictSame(of([]), { status: 'unknown', confidence: null })
  t.strictSame(of(['true']), { status: 'unknown', confidence: null }, 'a text that reads like a yes')
  t.strictSame(of(['true'], true), { status: 'met', confidence: null })
  t.strictSame(of(['false'], true, []), { status: 'not_met', confidence: null })
  t.strictSame(of(['false'], true), { status: 'partly_met', confidence: null }, 'what is declared comes first')
  t.end()
})

t.test('two spellings of one value are refused; a lifecycle of an earlier release has none', (t) => {
  const [budget, ...others] = STANDARD_CRITERIA
  if (budget === undefined) throw new Error('there are criteria')
  const value = { value: 'Yes', status: 'met' as const, confidence: null }
  const twice = { ...budget, values: [value, { ...value, value: ' yes', status: 'not_met' as const }] }
  t.match(findLifecycleFaults({ ...DEFAULT_LIFECYCLE, criteria: [twice, ...others] }, catalogue), [
    { code: 'duplicate', pointer: '/criteria/0/values/1/value' },
  ])
  const { values: _, ...older } = budget
  const stored = { ...DEFAULT_LIFECYCLE, criteria: [older as typeof budget] }
  t.strictSame(completeLifecycle(stored).criteria, [{ ...budget, values: [] }])
  t.end()
})

t.test('stays follow from the moves, with how long each was', (t) => {
  const move = (position: number, from_stage: string, to_stage: string, moved_at: string) => ({
    ...{
      position,
      from_stage,
      to_stage,
      moved_at,
      stayed_ms: 0,
      moved_by: 'key',
      actor: 'key',
      reason: null,
      note: null,
    },
    ...{ wake_at: null, policy: 'p', receipt_id: 'r' },
  })
  const moves = [move(1, 'lead', 'mql', '2026-03-01T10:00:00.000Z'), move(2, 'mql', 'sql', '2026-03-01T11:30:00.000Z')]
  const born = { stage_key: 'sql', created_at: '2026-03-01T09:00:00.000Z' }
  const shown = (withFirst: boolean, of = moves) =>
    staysOf(born, of, withFirst, NOW).map((stay) => `${stay.position} ${stay.stage_key} ${stay.duration_seconds}`)
  t.strictSame(shown(true), ['0 lead 3600', '1 mql 5400', '2 sql 1800'])
  t.strictSame(shown(false), ['1 mql 5400', '2 sql 1800'])
  t.strictSame(shown(true, []), ['0 sql 10800'])
  t.end()
})
