/** The call itself, outside of any transaction. Its answer is a stranger's: bounded in size and time by the client. */
import { readCompanyPage } from '../../connectors/enrichment/company-page.ts'
import { outbound } from '../../connectors/http-client/outbound.ts'
import type { Ctx } from '../../ctx.ts'
import type { CallResult } from '../../domain/enrichment/providers/call-verdict.ts'
import type { PreparedCall } from './prepare-call.ts'

/** Asks a provider; never throws. */
export async function askProvider(ctx: Ctx, prepared: PreparedCall): Promise<CallResult & { durationMs: number }> {
  const started = performance.now()
  const result = await ask(ctx, prepared)
  return { ...result, durationMs: performance.now() - started }
}

async function ask(ctx: Ctx, { request, domain, provider, call }: PreparedCall): Promise<CallResult> {
  if (request === null) return await readCompanyPage(outbound(ctx), domain ?? '', provider.timeout_ms)
  const { method, url, headers, body } = request
  const answer = await outbound(ctx).request({
    method,
    url,
    // The same for every try of a run: a provider that honours it charges once.
    headers: {
      accept: 'application/json',
      'idempotency-key': `${call.runId}-${provider.key}`,
      ...(body !== null && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== null && { body }),
    timeoutMs: provider.timeout_ms,
  })
  if (!answer.ok) return { ok: false, failure: answer.reason }
  return { ok: true, status: answer.status, retryAfter: answer.headers['retry-after'] ?? null, ...parse(answer.body) }
}

function parse(body: Buffer): { json: unknown; isJson: boolean } {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'))
    return { json, isJson: typeof json === 'object' && json !== null }
  } catch {
    return { json: null, isJson: false }
  }
}
