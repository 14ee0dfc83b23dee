/** GET /embed/{form_key}.js: the script that puts a form into a page of any origin. */
import { scriptSender } from '../../../http/browser-script.ts'
import { EMBED_SCRIPT } from './scripts.ts'

/** Sends the script. No form is looked up: the script reads its own address. */
export const sendEmbedScript = scriptSender(EMBED_SCRIPT)
