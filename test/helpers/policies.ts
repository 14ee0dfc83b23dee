/** Publishing policies of any kind, as most tests need them. */
import type { TestService } from './service.ts'

/** Writes a policy, publishes it and does all the work that follows. */
export async function publishPolicy({ call, drain }: TestService, url: string, body: object): Promise<void> {
  const { etag } = (await call('GET', url)).json()
  const saved = await call('PUT', url, body, { headers: etag === undefined ? {} : { 'if-match': etag } })
  if (saved.statusCode > 201) throw new Error(saved.body)
  const published = await call('POST', `${url}/publish`)
  if (published.statusCode > 202) throw new Error(published.body)
  await drain()
}
