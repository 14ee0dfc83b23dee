// The lockfile must install everywhere: every entry has a version, none names a download address, and what the
// package file asks for is pinned exactly.
import { readFileSync } from 'node:fs'

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const faults = []
for (const [place, entry] of Object.entries(lock.packages)) {
  if (place === '' || entry.link) continue
  if (!entry.version) faults.push(`${place} has no version`)
  if (entry.resolved) faults.push(`${place} names a download address`)
}
for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
  for (const [name, version] of Object.entries(manifest[kind] ?? {})) {
    if (!/^(npm:.+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) faults.push(`${name} is not pinned: ${version}`)
  }
}
// Versions below these have known holes that we rely on being closed.
const LEAST = { fastify: '5.8.5', 'drizzle-orm': '0.45.2', nodemailer: '7.0.11', liquidjs: '10.26.0' }
const numbers = (version) => version.split(/[.-]/).slice(0, 3).map(Number)
for (const [name, least] of Object.entries(LEAST)) {
  const found = lock.packages[`node_modules/${name}`]?.version
  if (found === undefined) continue
  const [a, b] = [numbers(found), numbers(least)]
  const at = a.findIndex((part, i) => part !== b[i])
  if (at !== -1 && a[at] < b[at]) faults.push(`${name} ${found} is older than ${least}`)
}
for (const fault of faults) console.error(fault)
console.log(`${Object.keys(lock.packages).length} packages checked`)
process.exit(faults.length === 0 ? 0 : 1)
