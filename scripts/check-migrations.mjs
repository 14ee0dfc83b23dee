// The migrations must say all that the table definitions say: generating again finds nothing to do.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const copy = mkdtempSync(path.join(os.tmpdir(), 'migrations-'))
try {
  cpSync('migrations', path.join(copy, 'migrations'), { recursive: true })
  const config = path.join(copy, 'drizzle.config.mjs')
  const out = path.relative(process.cwd(), path.join(copy, 'migrations'))
  writeFileSync(
    config,
    `export default { dialect: 'postgresql', schema: './src/db/schema/index.ts', out: ${JSON.stringify(out)} }\n`,
  )
  const before = readdirSync('migrations').length
  const run = spawnSync(process.execPath, ['node_modules/drizzle-kit/bin.cjs', 'generate', '--config', config], {
    encoding: 'utf8',
  })
  const after = readdirSync(path.join(copy, 'migrations')).length
  if (run.status !== 0) throw new Error(run.stderr || run.stdout)
  console.log(
    after === before
      ? `${before - 1} migrations say it all`
      : 'the table definitions have changed: run `npm run db:generate -- --name <deed>`',
  )
  process.exitCode = after === before ? 0 : 1
} finally {
  rmSync(copy, { recursive: true, force: true })
}
