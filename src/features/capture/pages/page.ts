/** The frame of every page that a visitor sees, and the headers that let it do nothing but what it was made for. */
import { createHash } from 'node:crypto'
import { attributes, type Html, html } from './html.ts'
import { directionOf } from './page-texts.ts'

export interface PageParts {
  locale: string
  title: string
  /** Text of the only style element and of the only inline script; neither may hold anything that a visitor sent. */
  style: string
  script?: string
  body: Html
  /** Origins besides ours that a form of the page may end at. */
  formTargets?: string[]
  /** Origins that may show the page in a frame; null lets everybody. */
  frameAncestors?: string[] | null
  /** Sources of a challenge's widget. */
  widgetSources?: string | undefined
}

export interface Page {
  html: string
  headers: Record<string, string>
}

/** A whole page with its headers. */
export function buildPage(parts: PageParts): Page {
  const { locale, title, style, script, body } = parts
  const page = html`<!doctype html>
<html${attributes({ lang: locale, dir: directionOf(locale) })}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${{ markup: style }}</style>
</head>
<body>
<main>
${body}</main>
${script !== undefined && html`<script>${{ markup: script }}</script>\n`}</body>
</html>
`
  return {
    html: page.markup,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-language': locale,
      'content-security-policy': policyOf(parts),
      // Shows what one visitor typed, and a token that is good once.
      'cache-control': 'no-store',
      // Not no-referrer: browsers would send `Origin: null` with the form.
      'referrer-policy': 'strict-origin-when-cross-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=()',
      vary: 'Accept-Language, Origin',
    },
  }
}

function policyOf({ style, script, formTargets = [], frameAncestors = [], widgetSources }: PageParts): string {
  const scripts = [script === undefined ? '' : hashOf(script), widgetSources ?? ''].filter((source) => source !== '')
  const directives = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    'img-src data:',
    ...(scripts.length > 0 ? [`script-src ${scripts.join(' ')}`] : []),
    ...(widgetSources === undefined ? [] : [`frame-src ${widgetSources}`, `connect-src ${widgetSources}`]),
    // Browsers hold the redirect after a form to this list too.
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "base-uri 'none'",
    `frame-ancestors ${frameAncestors === null ? '*' : ["'self'", ...frameAncestors].join(' ')}`,
  ]
  return directives.join('; ')
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
