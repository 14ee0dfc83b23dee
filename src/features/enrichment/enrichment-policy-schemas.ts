/** Shapes of the enrichment policy: the definition as it is stored, and what a PUT may leave out. */
import { type TSchema, Type } from 'typebox'
import { ACCOUNT_TARGETS, POLICY_LIMITS } from '../../domain/enrichment/providers/enrichment-policy.ts'
import { ConditionSchema } from '../../http/condition-schemas.ts'
import {
  allOptional,
  ClosedEnum,
  component,
  Flag,
  Int,
  input,
  List,
  mapComponent,
  Nullable,
  NullableRef,
  OpenEnum,
  ref,
  Slug,
  Text,
  TextMap,
} from '../../http/schema.ts'
import { policySchemas } from '../../policies/endpoints/policy-schemas.ts'

const MICROS = 1_000_000_000_000

const micros = (description: string, example: number) => Int(0, MICROS, { description, examples: [example] })
const share = (description: string, example: number) =>
  Type.Number({ minimum: 0, maximum: 1, format: 'double', description, examples: [example] })
const target = Text(100, {
  description: `A field of the lead (not the e-mail address), \`custom_fields.<key>\`, or of its company: ${ACCOUNT_TARGETS.join(', ')}.`,
  examples: ['job_title'],
})
const mappingNeeds = {
  target,
  pointer: Text(300, { description: 'JSON pointer (RFC 6901) into the answer.', examples: ['/person/title'] }),
}
const mappingDefaults = {
  confidence: Nullable(share('How sure values of this field are; null takes what is said for the provider.', 0.9)),
  values: TextMap(POLICY_LIMITS.values, 500, {
    description: 'The provider’s words for yours; others are left out. Empty takes every value as it is.',
    examples: [{ c_suite: 'c_level' }],
  }),
}

const header = {
  name: Type.String({
    pattern: '^[A-Za-z0-9-]{1,64}$',
    maxLength: 64,
    description: 'Name of the header.',
    examples: ['authorization'],
  }),
  value: Type.String({
    pattern: '^[\\x20-\\x7e]{0,500}$',
    maxLength: 500,
    description: 'Template; may hold `{{credential.<key>}}` and `{{run.id}}`, no fields of leads.',
    examples: ['application/json'],
  }),
}
const Body = mapComponent('EnrichmentBody', 100, {
  description: 'Any JSON object; its texts may hold placeholders, each value becomes a text inside a text.',
  examples: [{ email: '{{lead.email}}' }],
})
const requestNeeds = {
  url: Text(2_000, {
    description: 'Template; what a lead holds is percent-encoded and stays in its place. The host is written out.',
    examples: ['https://api.people.test/v1/people?email={{lead.email}}'],
    minLength: 1,
  }),
}
const requestDefaults = {
  method: ClosedEnum(['GET', 'POST'], { description: 'Method; GET when left out.' }),
  body: NullableRef(Body, 'JSON whose texts are templates; null sends none.'),
}

const providerNeeds = { key: Slug({ description: 'Key of the provider.', examples: ['people'] }) }
const providerDefaults = {
  kind: OpenEnum(['http', 'company_page'], {
    description:
      '`http` asks a service. `company_page` reads the first page of the lead’s domain, if its robots.txt allows; its answer has `/title`, `/description`, `/site_name`, `/language` and `/links/linkedin` (xing, facebook, instagram, x, youtube, github).',
  }),
  enabled: Flag({ description: 'False passes it over.', examples: [true] }),
  confidence_pointer: Nullable(
    Text(300, { description: 'Where the answer tells how sure it is: 0 to 1, or to 100.', examples: ['/score'] }),
  ),
  confidence: share('How sure it is where the answer does not tell; 0.7 when left out.', 0.7),
  empty_statuses: List(Int(200, 499, { description: 'A status.', examples: [404] }), 20, {
    description: 'Statuses that mean "nothing known"; 404 when left out.',
    examples: [[404]],
  }),
  price_micros: micros('Price of a call in millionths of the currency; 0 when left out.', 4_000),
  charged: ClosedEnum(['always', 'found'], {
    description: 'Whether an answer without values costs too; `always` when left out.',
  }),
  daily_budget_micros: Nullable(micros('Most that it may cost on a day (UTC); null: no limit.', 5_000_000)),
  rate_calls: Nullable(Int(1, 100_000, { description: 'Most calls in a window; null: no limit.', examples: [10] })),
  rate_seconds: Int(1, 86_400, { description: 'Length of a window; 1 when left out.', examples: [1] }),
  timeout_ms: Int(100, 15_000, { description: 'Longest wait for an answer; 5000 when left out.', examples: [5_000] }),
  max_attempts: Int(1, 10, { description: 'Calls of one run when faults pass; 3 when left out.', examples: [3] }),
  cache_seconds: Int(0, 31_536_000, {
    description: 'How long values are remembered; 30 days when left out.',
    examples: [2_592_000],
  }),
  empty_cache_seconds: Int(0, 31_536_000, {
    description: 'How long "nothing known" is remembered; 7 days when left out.',
    examples: [604_800],
  }),
  expires_after_days: Nullable(
    Int(1, 3_650, { description: 'After so many days a value counts as old; null: never.', examples: [180] }),
  ),
}

const policyDefaults = {
  accounts: ClosedEnum(['off', 'link', 'create'], {
    description: 'Joins leads to the company of their domain (`link`, when left out), also to a new one (`create`).',
    examples: ['link'],
  }),
  automatic: Flag({ description: 'Ask when a lead comes or what it is asked with changes; true when left out.' }),
  wanted: List(target, 100, {
    description: 'A run stops when these are filled; every target of the providers when left out.',
    examples: [['job_title']],
  }),
  min_confidence: share('Values that are less sure are not written; 0 when left out.', 0),
  fill: ClosedEnum(['empty', 'better'], {
    description:
      '`empty`, when left out, fills blanks; `better` also replaces what a machine was less sure of. What people told always stays.',
  }),
  refresh_after_days: Nullable(
    Int(1, 3_650, {
      description: 'Ask again after so many days for what is blank or old; null: never.',
      examples: [90],
    }),
  ),
  max_cost_micros: Nullable(micros('Most that one run may cost; null: no limit.', 50_000)),
  daily_budget_micros: Nullable(micros('Most that all providers may cost on a day (UTC); null: no limit.', 20_000_000)),
  currency: Type.String({
    pattern: '^[A-Z]{3}$',
    maxLength: 3,
    description: 'ISO 4217; EUR when left out.',
    examples: ['EUR'],
  }),
}

const providersOf = <T extends TSchema>(schema: T) =>
  List(ref(schema), POLICY_LIMITS.providers, { description: 'Providers in the order in which they are asked.' })
const fieldsOf = <T extends TSchema>(schema: T) =>
  List(ref(schema), POLICY_LIMITS.fields, { description: 'Which part of the answer goes where; the first one wins.' })
const headersOf = <T extends TSchema>(schema: T) =>
  List(ref(schema), POLICY_LIMITS.headers, { description: 'Headers.' })

// Examples of whole providers: put together from their fields they would be too deep, and a GET has no body.
const EXAMPLE_URL = 'https://api.people.test/v1/people?email={{lead.email}}'
const EXAMPLE_REQUEST = { method: 'GET', url: EXAMPLE_URL, headers: [], body: null }
const EXAMPLE_FIELD = { target: 'job_title', pointer: '/person/title' }
const EXAMPLE_INPUT = { key: 'people', request: { url: EXAMPLE_URL }, fields: [EXAMPLE_FIELD], price_micros: 4_000 }
const EXAMPLE_PROVIDER = {
  key: 'people',
  kind: 'http',
  enabled: true,
  request: EXAMPLE_REQUEST,
  fields: [{ ...EXAMPLE_FIELD, confidence: null, values: {} }],
  confidence_pointer: null,
  confidence: 0.7,
  empty_statuses: [404],
  price_micros: 4_000,
  charged: 'always',
  daily_budget_micros: null,
  rate_calls: 10,
  rate_seconds: 1,
  timeout_ms: 5_000,
  max_attempts: 3,
  cache_seconds: 2_592_000,
  empty_cache_seconds: 604_800,
  expires_after_days: 180,
}

const Mapping = component('EnrichmentMapping', 'Where a value of an answer goes.', {
  ...mappingNeeds,
  ...mappingDefaults,
})
const Header = component('EnrichmentHeader', 'A header of a request.', header)
const Request = component(
  'EnrichmentRequest',
  'How a provider is asked.',
  {
    ...requestNeeds,
    ...requestDefaults,
    headers: headersOf(Header),
  },
  { examples: [EXAMPLE_REQUEST] },
)
const Provider = component(
  'EnrichmentProvider',
  'Somebody who knows more about a lead.',
  {
    ...providerNeeds,
    ...providerDefaults,
    request: NullableRef(Request, 'How it is asked; null for `company_page`.'),
    fields: fieldsOf(Mapping),
  },
  { examples: [EXAMPLE_PROVIDER] },
)
const Definition = component('EnrichmentDefinition', 'Whom to ask about leads, in which order, and at what price.', {
  ...policyDefaults,
  filter: NullableRef(ConditionSchema, 'Which leads are asked about; null: all.'),
  providers: providersOf(Provider),
})

const MappingInput = input('EnrichmentMappingInput', 'Where a value of an answer goes.', {
  ...mappingNeeds,
  ...allOptional(mappingDefaults),
})
const HeaderInput = input('EnrichmentHeaderInput', 'A header of a request.', header)
const RequestInput = input(
  'EnrichmentRequestInput',
  'How a provider is asked.',
  {
    ...requestNeeds,
    ...allOptional(requestDefaults),
    headers: Type.Optional(headersOf(HeaderInput)),
  },
  { examples: [{ url: EXAMPLE_URL }] },
)
const ProviderInput = input(
  'EnrichmentProviderInput',
  'Somebody who knows more about a lead.',
  {
    ...providerNeeds,
    ...allOptional(providerDefaults),
    request: Type.Optional(NullableRef(RequestInput, 'How it is asked; null for `company_page`.')),
    fields: fieldsOf(MappingInput),
  },
  { examples: [EXAMPLE_INPUT] },
)

export const EnrichmentPolicyInput = input(
  'EnrichmentPolicyInput',
  'Whom to ask about leads, in which order, and at what price.',
  {
    ...allOptional(policyDefaults),
    filter: Type.Optional(NullableRef(ConditionSchema, 'Which leads are asked about; null: all.')),
    providers: providersOf(ProviderInput),
  },
)

export const {
  Policy: EnrichmentPolicySchema,
  Version: EnrichmentPolicyVersion,
  VersionPage: EnrichmentPolicyVersionPage,
} = policySchemas('EnrichmentPolicy', 'enrichment policy', 'default', Definition)
