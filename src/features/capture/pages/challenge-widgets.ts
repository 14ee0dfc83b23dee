/** Challenges that another service draws and judges. A form that asks for one is the only page that loads anything. */
import type { ChallengeKind } from '../../../domain/spam/spam-settings.ts'

export interface ChallengeWidget {
  /** The script finds every element of this class and puts an input with its answer there. */
  script: string
  class: string
  /** What the page must be allowed to load (the services' own documentation of their Content-Security-Policy). */
  sources: string
}

export const CHALLENGE_WIDGETS: Partial<Record<ChallengeKind, ChallengeWidget>> = {
  turnstile: {
    script: 'https://challenges.cloudflare.com/turnstile/v0/api.js',
    class: 'cf-turnstile',
    sources: 'https://challenges.cloudflare.com',
  },
  hcaptcha: {
    script: 'https://js.hcaptcha.com/1/api.js',
    class: 'h-captcha',
    sources: 'https://hcaptcha.com https://*.hcaptcha.com',
  },
  recaptcha: {
    script: 'https://www.google.com/recaptcha/api.js',
    class: 'g-recaptcha',
    sources:
      'https://www.google.com/recaptcha/ https://www.gstatic.com/recaptcha/ https://recaptcha.google.com/recaptcha/',
  },
}
