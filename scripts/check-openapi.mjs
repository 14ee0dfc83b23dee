// Lints the published documents: Redocly recommended-strict, Spectral with its OpenAPI and OWASP rules. No fault, no
// warning; nothing is fetched from the network and nothing is reported to anybody.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const documents = ['openapi/openapi.json', 'openapi/openapi-3.0.json']
const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_COLOR: '1' }

const linters = {
  redocly: ['node_modules/@redocly/cli/bin/cli.js', 'lint', '--config', 'redocly.yaml', '--format', 'stylish'],
  spectral: ['node_modules/@stoplight/spectral-cli/dist/index.js', 'lint', '-r', '.spectral.yaml', '-F', 'warn'],
}

let failures = 0
for (const document of documents) {
  for (const [name, args] of Object.entries(linters)) {
    const run = spawnSync(process.execPath, [...args, document], { cwd: root, env, encoding: 'utf8' })
    const isClean = run.status === 0
    console.log(`${isClean ? 'ok    ' : 'FAILED'} ${name} ${document}`)
    if (isClean) continue
    failures++
    console.log(run.stdout, run.stderr)
  }
}
process.exit(failures === 0 ? 0 : 1)
