// Lints the published documents: Redocly recommended-strict, Spectral with its OpenAPI and OWASP rules. No fault, no
// warning; nothing is fetched from the network and nothing is reported to anybody.
import { execFile } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const documents = ['openapi/openapi.json', 'openapi/openapi-3.0.json']
const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_COLOR: '1' }

const linters = {
  redocly: ['node_modules/@redocly/cli/bin/cli.js', 'lint', '--config', 'redocly.yaml', '--format', 'stylish'],
  spectral: ['node_modules/@stoplight/spectral-cli/dist/index.js', 'lint', '-r', '.spectral.yaml', '-F', 'warn'],
}

/** Resolves to whether a linter found nothing. */
function lint(name, args, document) {
  return new Promise((resolve) => {
    const options = { cwd: root, env, maxBuffer: 64 * 1024 * 1024 }
    execFile(process.execPath, [...args, document], options, (fault, stdout, stderr) => {
      console.log(`${fault === null ? 'ok    ' : 'FAILED'} ${name} ${document}`)
      if (fault !== null) console.log(stdout, stderr)
      resolve(fault === null)
    })
  })
}

// Both documents at once: a linter uses one core.
const runs = documents.map(async (document) => {
  let isClean = true
  for (const [name, args] of Object.entries(linters)) isClean = (await lint(name, args, document)) && isClean
  return isClean
})
process.exit((await Promise.all(runs)).every(Boolean) ? 0 : 1)
