/** /dev/mail: the mails that were written into files, for developers; never in production. */
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { FastifyInstance, FastifyRequest, RouteShorthandOptions } from 'fastify'
import PostalMime from 'postal-mime'
import { mailFolder } from '../../../connectors/mail/file-courier.ts'
import type { Ctx } from '../../../ctx.ts'
import { escapeMail } from '../../../domain/mail/layout.ts'
import { mailPage } from './render-pages.ts'

/** Newest mails on the page. */
const SHOWN = 100
const NAME = /^[0-9a-f-]{36}\.eml$/

/** Adds the page where mail goes into files and nobody else can look. */
export function addDevMail(app: FastifyInstance, ctx: Ctx, options: RouteShorthandOptions): void {
  if (ctx.config.NODE_ENV === 'production' || ctx.config.SMTP_URL !== undefined) return
  const folder = mailFolder(ctx.config.DATA_DIR)
  app.get('/dev/mail', options, async (_request, reply) => {
    const page = mailPage('en', 'Mail', await listOf(folder))
    return reply.headers(page.headers).send(page.html)
  })
  app.get('/dev/mail/:name', options, async (request: FastifyRequest, reply) => {
    const { name } = request.params as { name: string }
    const mail = NAME.test(name) ? await readMail(folder, name) : null
    if (mail === null) return reply.code(404).send()
    // Shown in a frame of its own origin without rights: the HTML is what anybody may have written.
    const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; sandbox allow-popups"
    const html = mail.html ?? `<pre>${escapeMail(mail.text ?? '')}</pre>`
    return reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }).send(html)
  })
}

async function readMail(folder: string, name: string) {
  try {
    return await PostalMime.parse(await readFile(path.join(folder, name)))
  } catch {
    return null
  }
}

async function listOf(folder: string): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => NAME.test(name))
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(path.join(folder, name))).mtimeMs })),
  )
  const newest = dated.sort((a, b) => b.at - a.at).slice(0, SHOWN)
  const items = await Promise.all(
    newest.map(async ({ name }) => {
      const mail = await readMail(folder, name)
      const to = mail?.to?.map(({ address }) => address).join(', ') ?? ''
      return `<li><a href="/dev/mail/${name}">${escapeMail(mail?.subject ?? name)}</a><small>${escapeMail(to)}</small></li>`
    }),
  )
  return items.length === 0 ? '<p>No mail was sent yet.</p>' : `<ul>${items.join('\n')}</ul>`
}
