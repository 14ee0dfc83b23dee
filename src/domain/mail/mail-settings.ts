// Rules of sending that hold for the whole workspace: how often, at which hours, and which purposes people can choose on
// the preference page. A missing member of a stored document is its default.
import type { FrequencyCap, QuietHours } from './send-window.ts'

export interface MailPurpose {
  key: string
  label: string
  description: string
}

export interface MailSettings {
  /** Most marketing mails to one person, each within its days. */
  caps: FrequencyCap[]
  /** Hours of the person's own day at which no marketing mail goes out; null sends at any hour. */
  quiet_hours: QuietHours | null
  /** What people may choose on the preference page. */
  purposes: MailPurpose[]
  /** Marketing mail that could not leave within so many days of its moment is not sent any more. */
  valid_days: number
  /** Adds an open pixel and counted links to marketing mail. */
  track_opens: boolean
  track_clicks: boolean
}

export const DEFAULT_MAIL_SETTINGS: MailSettings = {
  caps: [],
  quiet_hours: null,
  // A week: what was written for a moment is still about it, and a stand-still over a long weekend costs nobody a mail.
  valid_days: 7,
  purposes: [{ key: 'marketing', label: 'News and offers', description: '' }],
  track_opens: true,
  track_clicks: true,
}

/** The settings of a row; what an older release did not store has its default. */
export function readMailSettings(stored: Partial<MailSettings>): MailSettings {
  return { ...DEFAULT_MAIL_SETTINGS, ...stored }
}
