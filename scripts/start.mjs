// Runs the command line: compiles first when a source changed, then continues in this same process, so that signals
// reach the service itself and a second start pays only for a look at the sources.
import module from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, requireNode, root } from './build.mjs'

requireNode()
// Since Node 22.8: what V8 has compiled once is read from a file the next time.
module.enableCompileCache?.()
await build()
const cli = path.join(root, 'build', 'bundle', 'cli.js')
process.argv[1] = cli
await import(pathToFileURL(cli).href)
