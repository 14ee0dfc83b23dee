// The default layout: what survives mail clients of twenty years. Tables for structure and inline styles, since half of
// the clients drop <style>; 600 pixels wide, since previews are; light colours that stay readable when a client inverts
// them, and the same in dark where a client asks. Under the text stand the postal address and the way out.
import { mailTexts } from './mail-texts.ts'

export interface LayoutParts {
  locale: string
  subject: string
  /** Escaped HTML that the author wrote and Liquid has rendered. */
  body: string
  preheader: string
  sender_name: string
  postal_address: string
  /** Null for transactional mail: there is nothing to leave. */
  leave_url: string | null
  pixel_url: string | null
}

const ESCAPED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text as it may stand between tags and in quoted attributes. */
export const escapeMail = (text: string) => text.replace(/[&<>"']/g, (letter) => ESCAPED[letter] ?? letter)

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const RIGHT_TO_LEFT = /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/i

/** A whole HTML document around what the author wrote. */
export function layOut(parts: LayoutParts): string {
  const direction = RIGHT_TO_LEFT.test(parts.locale) ? 'rtl' : 'ltr'
  return `<!doctype html>
<html lang="${escapeMail(parts.locale)}" dir="${direction}" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="x-apple-disable-message-reformatting">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeMail(parts.subject)}</title>
<style>
:root{color-scheme:light dark;supported-color-schemes:light dark}
a{color:#1a56db}
img{max-width:100%;height:auto;border:0}
@media (max-width:620px){.lw-card{padding:24px 20px!important}}
@media (prefers-color-scheme:dark){.lw-page{background:#14171c!important}.lw-card{background:#1f242c!important;color:#eef1f5!important}.lw-foot,.lw-foot a{color:#a7b0bd!important}a{color:#8ab4ff}}
</style>
</head>
<body class="lw-page" style="margin:0;padding:0;background:#f2f4f7;-webkit-text-size-adjust:100%">
${preheaderOf(parts.preheader)}<table role="presentation" class="lw-page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f2f4f7">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px">
<tr><td class="lw-card" style="background:#ffffff;color:#1b2430;padding:36px 40px;border-radius:8px;font-size:16px;line-height:1.55;${FONT}">
${parts.body}
</td></tr>
<tr><td class="lw-foot" style="padding:20px 40px;color:#5b6675;font-size:13px;line-height:1.5;${FONT}">
${footerOf(parts)}
</td></tr>
</table>
</td></tr>
</table>
${pixelOf(parts.pixel_url)}</body>
</html>
`
}

/** Hidden words of the preview, and enough nothing behind them that the client does not go on reading. */
function preheaderOf(preheader: string): string {
  if (preheader === '') return ''
  const filler = '&#847;&zwnj;&nbsp;'.repeat(40)
  return `<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${escapeMail(preheader)}${filler}</div>\n`
}

/** The lines under a mail, in HTML. */
export function footerOf({ sender_name, postal_address, leave_url, locale }: LayoutParts): string {
  const texts = mailTexts(locale)
  const address = [sender_name, ...postal_address.split(/\r?\n/)].filter((line) => line.trim() !== '').map(escapeMail)
  const lines = [address.join(', ')]
  if (leave_url !== null) {
    const url = escapeMail(leave_url)
    lines.push(
      `<a href="${url}" style="color:#5b6675">${texts.unsubscribe}</a> &middot; <a href="${url}" style="color:#5b6675">${texts.preferences}</a>`,
    )
  }
  return lines.join('<br>\n')
}

/** The lines under the text part. */
export function textFooterOf({ sender_name, postal_address, leave_url, locale }: LayoutParts): string {
  const address = [sender_name, ...postal_address.split(/\r?\n/)].filter((line) => line.trim() !== '').join(', ')
  return ['-- ', address, ...(leave_url === null ? [] : [`${mailTexts(locale).unsubscribe}: ${leave_url}`])].join('\n')
}

/** The open pixel at the end of a document. */
export function pixelOf(url: string | null): string {
  if (url === null) return ''
  return `<img src="${escapeMail(url)}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">\n`
}
