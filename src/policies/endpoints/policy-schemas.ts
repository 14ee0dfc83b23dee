/** Shapes of policies on the wire: every kind has the same envelope around a definition of its own. */
import { type Static, type TSchema, Type } from 'typebox'
import { POLICY_STATES } from '../../domain/policy.ts'
import { MAX_DIFFERENCES, MAX_VALUE_TEXT } from '../../domain/policy-diff.ts'
import {
  ClosedEnum,
  component,
  Id,
  Int,
  List,
  Nullable,
  NullableRef,
  pageOf,
  ref,
  Slug,
  Text,
  Timestamp,
} from '../../http/schema.ts'

const actor = (description: string) => Text(200, { description, examples: ['key_01k8r5x4q3e7vb2c9m6h0n1d5s'] })
const versionNumber = (description: string) => Int(1, 2_147_483_647, { description, examples: [1] })

/** The number of a version as a path parameter. */
export const VersionParameter = versionNumber('Version number.')

/** The key of a policy as a path parameter. */
export const PolicyKey = (noun: string, example: string) =>
  Slug({ description: `Key of the ${noun}: chosen by you, the same in every environment.`, examples: [example] })

/**
 * The four answers of a kind: `Name`, `NameVersion` and their pages. `definition` is the component of its documents as
 * they are stored; `key` an example of a key.
 */
export function policySchemas<T extends TSchema>(name: string, noun: string, key: string, definition: T) {
  const Version = component(`${name}Version`, `One version of a ${noun}; once published it never changes.`, {
    version: versionNumber('Version number.'),
    state: ClosedEnum(POLICY_STATES, { description: 'A draft may be changed; the published version is followed.' }),
    definition: Type.Unsafe<Static<T>>(ref(definition)),
    created_at: Timestamp({ description: 'When its first draft was written.' }),
    created_by: actor('Who wrote its first draft.'),
    updated_at: Timestamp({ description: 'When its definition last changed.' }),
    updated_by: actor('Who last changed its definition.'),
    published_at: Nullable(Timestamp({ description: 'When it was published; null for a draft.' })),
    published_by: Nullable(actor('Who published it; null for a draft.')),
    retired_at: Nullable(Timestamp({ description: 'When it was replaced or taken out of use.' })),
  })
  const Policy = component(name, `A ${noun}: what is followed now, and the draft of what comes next.`, {
    id: Id('policy', { description: 'Id.' }),
    key: PolicyKey(noun, key),
    published: NullableRef(Version, 'The version that is followed; null when none is.'),
    draft: NullableRef(Version, 'The version that is being written; null when there is none.'),
    etag: Text(40, { description: 'Send it as If-Match to change what you have read.', examples: ['"v3"'] }),
    created_at: Timestamp({ description: 'When it was made.' }),
    updated_at: Timestamp({ description: 'When draft or published version last changed.' }),
  })
  const makePage = () => pageOf(`${name}Page`, `A page of ${noun}s.`, Policy)
  let page: ReturnType<typeof makePage> | undefined
  return {
    Policy,
    Version,
    /** Made when it is asked for: where a workspace has one policy of a kind there is nothing to list. */
    get Page() {
      page ??= makePage()
      return page
    },
    VersionPage: pageOf(`${name}VersionPage`, `A page of versions, newest first.`, Version),
  }
}

const jsonText = (description: string, example: string | null) =>
  Nullable(Text(MAX_VALUE_TEXT, { description, examples: [example] }))

const PolicyDifferenceSchema = component('PolicyDifference', 'One place that differs.', {
  kind: ClosedEnum(['added', 'removed', 'changed'], { description: 'What happened to it.', examples: ['changed'] }),
  path: Text(2_000, {
    description: 'JSON pointer into the definition; members of a list that have a `key` are named by it.',
    examples: ['/fit_rules/seniority/points'],
  }),
  before: jsonText('JSON text of the earlier value, shortened; null when there was none.', '10'),
  after: jsonText('JSON text of the later value, shortened; null when there is none.', '15'),
})

export const PolicyDiff = component('PolicyDiff', 'What differs between two versions.', {
  from_version: Nullable(versionNumber('The earlier version; null when there is none before.')),
  to_version: versionNumber('The later version.'),
  data: List(ref(PolicyDifferenceSchema), MAX_DIFFERENCES, {
    description: `Differences in the order of their places, the first ${MAX_DIFFERENCES}.`,
  }),
})

export const DiffParameters = {
  from: Type.Optional(
    versionNumber('The earlier version; the one before `to` when left out. May not be later than `to`.'),
  ),
  to: Type.Optional(versionNumber('The later version; the draft, else the published version, when left out.')),
}
