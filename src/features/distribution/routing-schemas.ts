/** Shapes of the routing policy on the wire. */
import { Type } from 'typebox'
import { IF_NOBODY, ROUTING_LIMITS, TARGET_KINDS } from '../../domain/routing/routing-policy.ts'
import { ConditionSchema } from '../../http/condition-schemas.ts'
import { component, Id, Int, input, List, Nullable, NullableRef, OpenEnum, ref, Slug, Text } from '../../http/schema.ts'
import { policySchemas } from '../../policies/endpoints/policy-schemas.ts'

const kind = OpenEnum(TARGET_KINDS, {
  description:
    'Where the lead goes: one user, a pool, whoever owns its company or had it before, the pull queue of a pool, a buyer outside.',
  examples: ['pool'],
})
const places = {
  user_id: Nullable(Id('user', { description: 'Of `user`.', examples: [null] })),
  pool_key: Nullable(Slug({ description: 'Of `pool` and `queue`.', examples: ['fashion-uk'] })),
  buyer_key: Nullable(Slug({ description: 'Of `buyer`.', examples: [null] })),
}
const skill = Slug({ description: 'Key of the skill.', examples: ['shoes'] })
const importance = Int(1, 10, { description: 'How much it counts for `best_match`.', examples: [1] })
const minimum = Int(0, 100, { description: 'Least level: without it nobody gets the lead.', examples: [0] })
const rule = {
  key: Slug({ description: 'Key of the rule: receipts name it.', examples: ['fashion-uk'] }),
  name: Text(200, {
    description: 'Name for people; the key when blank or left out.',
    examples: ['UK and interested in shoes'],
  }),
  if_nobody: OpenEnum(IF_NOBODY, {
    description: 'When nobody of the target can take it: the default target, the next rule that holds, or wait.',
  }),
  wait_seconds: Nullable(
    Int(1, ROUTING_LIMITS.wait_seconds, {
      description: 'Longest wait, then the default target; null waits as long as it takes.',
      examples: [null],
    }),
  ),
}
const when = NullableRef(
  ConditionSchema,
  'Which leads; null holds for all. Beside the fields of leads it may ask for `territories`.',
)
const entry = NullableRef(
  ConditionSchema,
  'Which leads without an owner are routed. Null: those in `mql`, `sal`, `sql` or `opportunity` where a lifecycle is published, else all.',
)
const worth_field = Nullable(
  Type.String({
    pattern: '^[a-z][a-z0-9_]{0,63}$',
    maxLength: 64,
    description: 'Custom field with a number that says what a lead is worth, for the fairness report.',
    examples: [null],
  }),
)

const RoutingTargetSchema = component('RoutingTarget', 'Where leads go.', { kind, ...places })
const SkillWishSchema = component('SkillWish', 'What a lead asks of its seller.', { skill, importance, minimum })
const RoutingRuleSchema = component('RoutingRule', 'Which leads go where; the first rule that holds decides.', {
  ...rule,
  when,
  target: ref(RoutingTargetSchema),
  skills: List(ref(SkillWishSchema), ROUTING_LIMITS.skills, { description: 'Wishes.' }),
})

export const RoutingDefinitionSchema = component('RoutingDefinition', 'The rules of routing.', {
  when: entry,
  rules: List(ref(RoutingRuleSchema), ROUTING_LIMITS.rules, { description: 'Rules in their order.' }),
  default_target: ref(RoutingTargetSchema),
  worth_field,
})

export const RoutingSchemas = policySchemas('RoutingPolicy', 'routing policy', 'default', RoutingDefinitionSchema)

const RoutingTargetInput = input('RoutingTargetInput', 'Where leads go; give what its kind needs.', {
  kind,
  user_id: Type.Optional(places.user_id),
  pool_key: Type.Optional(places.pool_key),
  buyer_key: Type.Optional(places.buyer_key),
})
const SkillWishInput = input('SkillWishInput', 'What a lead asks of its seller.', {
  skill,
  importance: Type.Optional(importance),
  minimum: Type.Optional(minimum),
})
const RoutingRuleInput = input('RoutingRuleInput', 'Which leads go where; key and target are required.', {
  key: rule.key,
  target: ref(RoutingTargetInput),
  name: Type.Optional(rule.name),
  when: Type.Optional(when),
  skills: Type.Optional(List(ref(SkillWishInput), ROUTING_LIMITS.skills, { description: 'Wishes, each skill once.' })),
  if_nobody: Type.Optional(rule.if_nobody),
  wait_seconds: Type.Optional(rule.wait_seconds),
})

export const RoutingInput = input('RoutingInput', 'The whole policy; only the default target is required.', {
  default_target: ref(RoutingTargetInput),
  rules: Type.Optional(List(ref(RoutingRuleInput), ROUTING_LIMITS.rules, { description: 'Rules in their order.' })),
  when: Type.Optional(entry),
  worth_field: Type.Optional(worth_field),
})
