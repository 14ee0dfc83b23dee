/**
 * The limit: one prepared statement over bare connections, no service in between. Runs as its own process:
 * `node sql-load.js <url> <connections> <seconds> <file>`; the file holds {"text", "values", "setup"}; `{uuid}` in a value
 * becomes a fresh random uuid. Prints one JSON line.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import pg from 'pg'

const [url, connections, seconds, file] = process.argv.slice(2)
const { text, values } = JSON.parse(readFileSync(file ?? '', 'utf8')) as { text: string; values: unknown[] }
const latencies: number[] = []
let until = 0

const valuesNow = () =>
  values.map((value) => (typeof value === 'string' ? value.replaceAll('{uuid}', () => randomUUID()) : value))

async function run(client: pg.Client): Promise<void> {
  while (performance.now() < until) {
    const begin = performance.now()
    await client.query({ name: 'limit', text, values: valuesNow() })
    latencies.push(performance.now() - begin)
  }
}

const clients = Array.from({ length: Number(connections) }, () => new pg.Client(url))
await Promise.all(clients.map((client) => client.connect()))
const begin = performance.now()
until = begin + Number(seconds) * 1000
await Promise.all(clients.map(run))
const elapsed = (performance.now() - begin) / 1000
latencies.sort((a, b) => a - b)
console.log(
  JSON.stringify({
    count: latencies.length,
    rate: latencies.length / elapsed,
    p50: latencies[latencies.length >> 1] ?? 0,
    p99: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
  }),
)
await Promise.all(clients.map((client) => client.end()))
