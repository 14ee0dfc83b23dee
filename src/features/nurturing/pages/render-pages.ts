/** The pages behind links in mails: plain HTML that works without scripts, for keyboards, screen readers and phones. */
import { createHash } from 'node:crypto'
import { escapeMail } from '../../../domain/mail/layout.ts'
import type { Preferences } from '../preference-service.ts'
import type { PreferenceTexts } from './texts.ts'

export interface MailPage {
  html: string
  headers: Record<string, string>
}

const STYLE = `:root{color-scheme:light dark}*{box-sizing:border-box}
body{margin:0;padding:clamp(16px,6vw,64px) 16px;background:light-dark(#f2f4f8,#0d1016);color:light-dark(#161b24,#eef1f6);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:560px;margin:0 auto;padding:clamp(20px,5vw,40px);background:light-dark(#fff,#181d27);border-radius:12px}
h1{margin:0 0 12px;font-size:1.6rem;line-height:1.25}
fieldset{border:0;margin:20px 0;padding:0}legend{padding:0;margin-bottom:8px}
label{display:flex;gap:12px;padding:10px 0}input{width:1.25rem;height:1.25rem;margin:2px 0 0;flex:none}
small{display:block;color:light-dark(#55606f,#a7b0bd)}
button{font:inherit;padding:10px 20px;border-radius:8px;border:1px solid light-dark(#1a56db,#8ab4ff);background:light-dark(#1a56db,#8ab4ff);color:light-dark(#fff,#0d1016);cursor:pointer}
button.quiet{background:none;color:inherit;border-color:currentColor}
button:focus-visible,input:focus-visible{outline:3px solid light-dark(#7aa2f7,#c7dbff);outline-offset:2px}
form+form{margin-top:24px}[role=status]{padding:10px 14px;border-radius:8px;background:light-dark(#e3f4e7,#173a22)}
`

const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`

/** A page around some markup; `title` is text. */
export function mailPage(locale: string, title: string, body: string): MailPage {
  const html = `<!doctype html>
<html lang="${escapeMail(locale)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${escapeMail(title)}</title><style>${STYLE}</style></head>
<body><main>
<h1>${escapeMail(title)}</h1>
${body}
</main></body>
</html>
`
  return {
    html,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-language': locale,
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
      // The address of the page is a key to it.
      'referrer-policy': 'no-referrer',
      vary: 'Accept-Language',
    },
  }
}

/** Where a person chooses what to receive. */
export function preferencePage(
  locale: string,
  texts: PreferenceTexts,
  { address, choices }: Preferences,
  isSaved: boolean,
): MailPage {
  const boxes = choices.map(({ key, label, description, subscribed, blocked }) => {
    const note = blocked ? texts.blocked : description
    const small = note === '' ? '' : `<small id="d-${key}">${escapeMail(note)}</small>`
    const described = note === '' ? '' : ` aria-describedby="d-${key}"`
    return `<label><input type="checkbox" name="purpose" value="${key}"${subscribed ? ' checked' : ''}${blocked ? ' disabled' : ''}${described}><span>${escapeMail(label)}${small}</span></label>`
  })
  const body = `${isSaved ? `<p role="status">${escapeMail(texts.saved)}</p>\n` : ''}<form method="post">
<fieldset><legend>${escapeMail(texts.intro)} <strong>${escapeMail(address)}</strong></legend>
${boxes.join('\n')}
</fieldset>
<button name="action" value="save">${escapeMail(texts.save)}</button>
</form>
<form method="post"><button class="quiet" name="action" value="leave_all">${escapeMail(texts.leave_all)}</button></form>`
  return mailPage(locale, texts.title, body)
}

/** Where a person confirms: by the button, never by opening the page. */
export function confirmationPage(locale: string, texts: PreferenceTexts, wording: string): MailPage {
  const body = `<p>${escapeMail(wording)}</p>\n<form method="post"><button name="action" value="confirm">${escapeMail(texts.confirm_button)}</button></form>`
  return mailPage(locale, texts.confirm_title, body)
}
