/** Shapes of workspace settings, and of the answer to "who am I". */
import { Type } from 'typebox'
import { KEY_KINDS } from '../../domain/api-key.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { DEDUPE_POLICIES, readSettings } from '../../domain/workspace-settings.ts'
import { SCOPES } from '../../http/access.ts'
import { etagOf } from '../../http/etag.ts'
import { component, Flag, Id, Int, input, List, Nullable, OpenEnum, ref, Text, Timestamp } from '../../http/schema.ts'
import type { WorkspaceRow } from './admin-queries.ts'

const fields = {
  name: Text(200, { description: 'Name of the workspace.', examples: ['Engines'], minLength: 1 }),
  locale: Text(35, { description: 'Language of texts, BCP 47.', examples: ['de-AT'] }),
  time_zone: Text(64, { description: 'Time zone of days and hours, IANA.', examples: ['Europe/Vienna'] }),
  currency: Text(3, { description: 'Currency of amounts, ISO 4217.', examples: ['EUR'] }),
  default_country: Nullable(
    Text(2, {
      description: 'Country of phone numbers and leads that name none, ISO 3166-1 alpha-2.',
      examples: ['AT'],
    }),
  ),
  dedupe_policy: OpenEnum(DEDUPE_POLICIES, {
    description: 'What happens to a new lead that is known already, unless the request says `on_duplicate`.',
  }),
  change_retention_days: Nullable(
    Int(1, 36_500, {
      description:
        'Days that the change feed keeps a change; null keeps it for ever. What a webhook endpoint has not looked at yet is kept longer.',
      examples: [null],
    }),
  ),
  allow_unknown_custom_fields: Flag({ description: 'Take values of custom fields that are not defined.' }),
}

export const WorkspaceSettingsSchema = component('WorkspaceSettings', 'Settings of the workspace of your key.', {
  id: Id('workspace', { description: 'Permanent id of the workspace.' }),
  ...fields,
  etag: Text(40, { description: 'Send it as If-Match to change this version.', examples: ['"v3"'] }),
  created_at: Timestamp({ description: 'When the workspace was made.' }),
  updated_at: Timestamp({ description: 'When the settings last changed.' }),
})

export const WorkspaceSettingsUpdate = input(
  'WorkspaceSettingsUpdate',
  'The whole document; what is left out takes its default.',
  {
    name: fields.name,
    locale: Type.Optional(fields.locale),
    time_zone: Type.Optional(fields.time_zone),
    currency: Type.Optional(fields.currency),
    default_country: Type.Optional(fields.default_country),
    dedupe_policy: Type.Optional(fields.dedupe_policy),
    change_retention_days: Type.Optional(fields.change_retention_days),
    allow_unknown_custom_fields: Type.Optional(fields.allow_unknown_custom_fields),
  },
)

/** The wire form of a workspace. */
export function toWorkspaceSettings({ id, name, settings, version, created_at, updated_at }: WorkspaceRow) {
  return {
    id: encodeTypeId('workspace', id),
    ...readSettings(name, settings),
    etag: etagOf(version),
    created_at,
    updated_at,
  }
}

const MeKey = component('MeKey', 'The key of this call.', {
  id: Id('key', { description: 'Id of the key.' }),
  name: Text(200, { description: 'What it is for.', examples: ['CRM in Berlin'] }),
  kind: OpenEnum(KEY_KINDS, { description: 'Kind of key.' }),
  origin: Nullable(Text(64, { description: 'Integration that writes with it.', examples: ['hubspot'] })),
  expires_at: Nullable(Timestamp({ description: 'When it stops working.', examples: [null] })),
})

const MeWorkspace = component('MeWorkspace', 'The workspace of this call.', {
  id: Id('workspace', { description: 'Id of the workspace.' }),
  name: fields.name,
  locale: fields.locale,
  time_zone: fields.time_zone,
  currency: fields.currency,
})

const bytes = (description: string) => Int(0, 2_147_483_647, { description, examples: [262_144] })

const perMinute = (what: string) =>
  Int(0, 100_000_000, { description: `${what} of this key in 60 seconds; 0 means no limit.`, examples: [600] })

const MeLimits = component('MeLimits', 'What is refused when it is larger or more.', {
  body_bytes: bytes('Largest request body.'),
  submission_bytes: bytes('Largest public submission without its files.'),
  upload_bytes: bytes('Largest file of a form field.'),
  requests_per_minute: perMinute('Requests'),
  searches_per_minute: perMinute('Searches'),
  exports_per_minute: perMinute('Exports'),
})

const MeServer = component('MeServer', 'What answers.', {
  version: Text(64, { description: 'Release of the service.', examples: ['1.2.0'] }),
  api_version: Text(64, { description: 'Version of this contract.', examples: ['1.0.0'] }),
  time: Timestamp({ description: 'Clock of the service.' }),
})

export const Me = component('Me', 'Who you are to this service, and what you may do.', {
  key: ref(MeKey),
  scopes: List(
    OpenEnum(SCOPES, { description: 'A right.', examples: ['leads:read'], pattern: '^[a-z0-9_:]*$' }),
    SCOPES.length,
    {
      description: 'Everything that this key may do; a secret key has every scope.',
      examples: [['leads:read', 'leads:write']],
    },
  ),
  workspace: ref(MeWorkspace),
  limits: ref(MeLimits),
  server: ref(MeServer),
})
