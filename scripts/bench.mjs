// Runs the benchmarks that are named, or all of them, one after another.
import { build } from './build.mjs'

await build()
const { BENCHES } = await import('../build/bench/index.js')
const names = process.argv.slice(2)
const unknown = names.filter((name) => !(name in BENCHES))
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}.`)
  process.exit(64)
}
for (const name of names.length > 0 ? names : Object.keys(BENCHES)) await BENCHES[name]()
