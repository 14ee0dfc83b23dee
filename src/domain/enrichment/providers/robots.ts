// robots.txt (RFC 9309), as far as one path is concerned: the group of our name, else the one for everybody; the longest
// rule that matches wins, and of two equally long ones the one that allows.

/** Our name in robots.txt. */
const AGENT = 'leadwell'
/** RFC 9309, 2.5: at least 500 KiB must be read. */
const MAX_LENGTH = 512_000

/** Whether we may read a path. */
export function mayRead(robots: string, path: string): boolean {
  const groups = readGroups(robots.slice(0, MAX_LENGTH))
  const own = groups.filter(({ agents }) => agents.includes(AGENT))
  const rules = (own.length > 0 ? own : groups.filter(({ agents }) => agents.includes('*'))).flatMap(
    ({ rules }) => rules,
  )
  const matching = rules.filter(({ pattern }) => pattern !== '' && matches(pattern, path))
  const [best] = matching.sort((a, b) => b.pattern.length - a.pattern.length || Number(b.allows) - Number(a.allows))
  return best?.allows ?? true
}

interface Group {
  agents: string[]
  rules: { allows: boolean; pattern: string }[]
}

function readGroups(text: string): Group[] {
  const groups: Group[] = []
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, name = '', value = ''] = /^\s*([a-z-]{1,20})\s*:\s*([^#]*)/i.exec(line) ?? []
    const last = groups.at(-1)
    if (name.toLowerCase() === 'user-agent') {
      const agent = value.trim().toLowerCase()
      if (last !== undefined && last.rules.length === 0) last.agents.push(agent)
      else groups.push({ agents: [agent], rules: [] })
    } else if (/^(dis)?allow$/i.test(name)) {
      last?.rules.push({ allows: name.length === 5, pattern: value.trim() })
    }
  }
  return groups
}

/** `*` stands for anything, `$` for the end. Without backtracking over more than one star at a time. */
function matches(pattern: string, path: string): boolean {
  const isAnchored = pattern.endsWith('$')
  const parts = (isAnchored ? pattern.slice(0, -1) : pattern).split('*')
  let at = 0
  for (const [i, part] of parts.entries()) {
    const found = i === 0 ? (path.startsWith(part) ? 0 : -1) : path.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return !isAnchored || at === path.length || (parts.length > 1 && path.endsWith(parts.at(-1) ?? ''))
}
