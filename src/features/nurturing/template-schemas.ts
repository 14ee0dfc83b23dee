/** Shapes of templates on the wire. */
import { type Static, Type } from 'typebox'
import { TEMPLATE_LAYOUTS, type TemplateDefinition } from '../../domain/mail/template.ts'
import { etagOf } from '../../http/etag.ts'
import {
  component,
  Int,
  input,
  List,
  Nullable,
  OpenEnum,
  pageOf,
  ref,
  Slug,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import type { TemplateRow, TemplateVersionRow } from './template-queries.ts'

export const TemplateKey = Slug({ description: 'Key of the template.', examples: ['welcome'] })

/** A language tag. */
export const Locale = (description: string) =>
  Type.String({
    pattern: '^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*$',
    maxLength: 35,
    description: `${description} (BCP 47).`,
    examples: ['en'],
  })

const HTML = '<p>Hello {{ lead.first_name | default: "there" }},</p>\n<p>nice to meet you.</p>'

/** Parts of a mail, all in Liquid. */
export const mailParts = {
  subject: Text(500, {
    description: 'Subject, in Liquid.',
    minLength: 1,
    examples: ['Welcome, {{ lead.first_name }}'],
  }),
  preheader: Text(500, { description: 'First words beside the subject, in Liquid.', examples: ['What to do first'] }),
  html: Nullable(
    Text(200_000, {
      description: 'HTML body, in Liquid; every output is escaped. Null sends text only.',
      examples: [HTML],
    }),
  ),
  text: Nullable(
    Text(100_000, { description: 'Text body, in Liquid; null derives it from the HTML.', examples: [null] }),
  ),
}

const texts = { locale: Locale('Locale of these texts'), ...mailParts }

export const TemplateTextsSchema = component('TemplateTexts', 'A template in one locale.', texts)
const TemplateTextsInput = input('TemplateTextsInput', 'A template in one locale; html or text is required.', {
  locale: texts.locale,
  subject: texts.subject,
  preheader: Type.Optional(texts.preheader),
  html: Type.Optional(texts.html),
  text: Type.Optional(texts.text),
})

const fields = {
  name: Text(200, { description: 'Name for people.', examples: ['Welcome'] }),
  layout: OpenEnum(TEMPLATE_LAYOUTS, {
    description:
      '`default` puts the HTML into a layout with postal address and a way to leave; `none` sends it as it is.',
    examples: ['default'],
  }),
  default_locale: Locale('Locale for people whose language has no texts'),
}

const definition = {
  ...fields,
  texts: List(ref(TemplateTextsSchema), 50, { description: 'The texts, one for each locale.' }),
}

const version = Int(1, 2_147_483_647, { description: 'Grows with every change.', examples: [1] })

export const Template = component('Template', 'A mail that can be sent to many.', {
  template_key: TemplateKey,
  ...definition,
  version,
  etag: Text(40, { description: 'Send it as If-Match to change this version.', examples: ['"v1"'] }),
  created_at: Timestamp({ description: 'When it was made.' }),
  updated_at: Timestamp({ description: 'When it last changed.' }),
})

export const TemplateList = pageOf('TemplateList', 'A page of templates.', Template)

export const TemplateUpdate = input('TemplateUpdate', 'A whole template.', {
  name: Type.Optional(fields.name),
  layout: Type.Optional(fields.layout),
  default_locale: Type.Optional(fields.default_locale),
  texts: Type.Array(ref(TemplateTextsInput), {
    description: 'The texts, one for each locale.',
    minItems: 1,
    maxItems: 50,
  }),
})

export const TemplateVersion = component('TemplateVersion', 'A template as it was under one version number.', {
  template_key: TemplateKey,
  version,
  ...definition,
  actor: Text(100, { description: 'Who saved it.', examples: ['key_01k8r5x4q3e7vb2c9m6h0n1d5s'] }),
  created_at: Timestamp({ description: 'When it was saved.' }),
})

export const TemplateVersionList = pageOf('TemplateVersionList', 'Versions, newest first.', TemplateVersion)

/** The wire form of a template. */
export function toTemplate({ template_key, version: number, definition: stored, created_at, updated_at }: TemplateRow) {
  return { template_key, ...stored, version: number, etag: etagOf(number), created_at, updated_at }
}

/** The wire form of a version. */
export function toTemplateVersion({ definition: stored, ...row }: TemplateVersionRow) {
  return { ...row, ...stored }
}

/** A definition with its defaults filled in. */
export function toTemplateDefinition(key: string, given: Static<typeof TemplateUpdate>): TemplateDefinition {
  return {
    name: given.name ?? key,
    layout: given.layout ?? 'default',
    default_locale: given.default_locale ?? given.texts[0]?.locale ?? 'en',
    texts: given.texts.map(({ locale, subject, preheader, html, text }) => ({
      locale,
      subject,
      preheader: preheader ?? '',
      html: html ?? null,
      text: text ?? null,
    })),
  }
}
