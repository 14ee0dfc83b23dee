// Runs the command line: compiles first when a source changed, then continues in this same process, so that signals
// reach the service itself and a second start pays only for a look at the sources.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, requireNode, root } from './build.mjs'

requireNode()
await build()
const cli = path.join(root, 'build', 'src', 'cli.js')
process.argv[1] = cli
await import(pathToFileURL(cli).href)
