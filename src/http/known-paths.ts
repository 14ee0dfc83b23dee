/**
 * Which methods an address has. An address in words is itself and nothing else: `/leads/search` is never the lead with the
 * id "search", whatever methods leads have, so a router that would pass it on to `/leads/:lead_id` is not asked.
 */

export interface KnownRoute {
  method: string
  /** Router path such as `/v1/leads/:lead_id`. */
  url: string
}

const isParameter = (segment: string) => segment.startsWith(':')
const isOpen = (segment: string) => isParameter(segment) || segment.includes('*')

/** The methods of what the router means by a path; none where there is nothing. */
export function methodsAt(routes: readonly KnownRoute[], path: string): string[] {
  const segments = path.split('/')
  const matching = routes.filter(({ url }) => matches(url, segments))
  // The router prefers words to parameters from left to right, and so does the order of these texts.
  const [best] = matching.map(({ url }) => rankOf(url)).sort()
  const methods = matching.filter(({ url }) => rankOf(url) === best).map(({ method }) => method)
  return [...new Set(methods)].sort()
}

/** Methods of addresses in words that the router would pass on to an address with a parameter in the place of a word. */
export function shadowedRoutes(routes: readonly KnownRoute[]): KnownRoute[] {
  const urls = [...new Set(routes.map(({ url }) => url))]
  return urls.flatMap((url) => {
    const own = new Set(routes.filter((route) => route.url === url).map(({ method }) => method))
    const taken = routes.filter((route) => !own.has(route.method) && isShadow(route.url, url))
    return [...new Set(taken.map(({ method }) => method))].map((method) => ({ method, url }))
  })
}

function matches(url: string, path: readonly string[]): boolean {
  const segments = url.split('/')
  const rest = segments.findIndex((segment) => segment.includes('*'))
  if (rest !== -1) return path.length > rest && segments.slice(0, rest).every((segment, i) => fits(segment, path[i]))
  return segments.length === path.length && segments.every((segment, i) => fits(segment, path[i]))
}

const fits = (segment: string, given = '') => (isParameter(segment) ? given !== '' : segment === given)

const rankOf = (url: string) =>
  url
    .split('/')
    .map((segment) => (segment.includes('*') ? '2' : isParameter(segment) ? '1' : '0'))
    .join('')

/** Whether `open` would be asked for `url`: the same segments, with a parameter where `url` has a word. */
function isShadow(open: string, url: string): boolean {
  const [taking, asked] = [open.split('/'), url.split('/')]
  if (open === url || taking.length !== asked.length || asked.some((segment) => segment.includes('*'))) return false
  const fit = taking.every((segment, i) => segment === asked[i] || isParameter(segment))
  return fit && taking.some((segment, i) => isParameter(segment) && !isOpen(asked[i] ?? ''))
}
