// Filters of a list are combined as people like. Each combination is a statement of its own to the database.
import t from 'tap'
import type { Parameter } from '../../src/http/openapi-types.ts'
import { testService } from '../helpers/service.ts'

const service = await testService(t)

/** What takes part in every list in its own way, or holds the answer back. */
const APART = new Set(['cursor', 'limit', 'sort', 'wait_seconds', 'expand', 'include_total'])
const isFilter = (parameter: Parameter) => parameter.in === 'query' && !APART.has(parameter.name)

const urlOf = (path: string, parameters: Parameter[], query: Parameter[]) => {
  const text = ({ example }: Parameter) => encodeURIComponent(String([example].flat()[0]))
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) =>
    parameters.flatMap((one) => (one.name === name ? text(one) : [])).join(),
  )
  return `${filled}?${query.map((one) => `${one.name}=${text(one)}`).join('&')}`
}

t.test('any filters of a list may be given together', async (t) => {
  const { paths } = (await service.app.inject('/openapi.json')).json()
  let lists = 0
  for (const [path, { get }] of Object.entries<{ get?: { parameters?: Parameter[] } }>(paths)) {
    const parameters = get?.parameters ?? []
    const filters = parameters.filter(isFilter)
    if (filters.length < 3 || path.startsWith('/v1/public')) continue
    lists++
    for (const some of [filters, ...filters.map((left) => filters.filter((one) => one !== left))]) {
      const url = urlOf(path, parameters, some)
      const { statusCode, body } = await service.call('GET', url)
      t.ok(statusCode < 500, `${url}: ${statusCode} ${body.slice(0, 200)}`)
    }
  }
  t.ok(lists > 8, String(lists))
})
