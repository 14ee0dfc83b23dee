// House rules that a program can check: where an endpoint lives, how large a file may grow, what a source never says.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const { rooms } = await import('../build/src/app.js')
const faults = []

// Ten-second rule: operationId = file name = exported function.
const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const ids = new Map()
for (const room of rooms) {
  for (const { operationId } of room.routes) {
    const file = path.join('src', 'features', room.folder, 'routes', `${kebab(operationId)}.ts`)
    if (!existsSync(file)) faults.push(`${operationId} should live in ${file}`)
    else if (!readFileSync(file, 'utf8').includes(`export const ${operationId} = defineRoute(`))
      faults.push(`${file} does not export ${operationId}`)
    const folded = operationId.toLowerCase()
    if (ids.has(folded)) faults.push(`${operationId} is used twice`)
    ids.set(folded, operationId)
  }
}

// Larger files are read by nobody; the aim is 200.
const LONGEST = 300
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => existsSync(file))
for (const file of files.filter((name) => /^src\/.*\.ts$/.test(name))) {
  const text = readFileSync(file, 'utf8')
  const lines = text.split('\n').length
  if (lines > LONGEST) faults.push(`${file} has ${lines} lines`)
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'/g, '')
  if (/\b(as any|@ts-ignore|@ts-nocheck)\b|: any\b/.test(code)) faults.push(`${file} has a hole in its types`)
  if (/\b(TODO|FIXME|HACK|XXX)\b/.test(text)) faults.push(`${file} leaves something for later`)
  if (file !== 'src/config.ts' && /process\.env\b/.test(text))
    faults.push(`${file} reads the environment; src/config.ts does`)
  if (file.startsWith('src/domain/') && /\b(Date\.now\(|Math\.random\(|await |new Date\(\))/.test(text))
    faults.push(`${file} is not pure`)
  if (/\/routes\//.test(file) && lines > 120)
    faults.push(`${file} has ${lines} lines; an endpoint file has at most 120`)
}
for (const file of files.filter((name) => /^test\/.*\.ts$/.test(name))) {
  if (/\bt\.(skip|todo|only)\b|\{ *(skip|todo|only):/.test(readFileSync(file, 'utf8')))
    faults.push(`${file} has a skipped or lone test`)
}

for (const fault of faults) console.error(fault)
console.log(`${files.length} files, ${ids.size} operations checked`)
process.exit(faults.length === 0 ? 0 : 1)
