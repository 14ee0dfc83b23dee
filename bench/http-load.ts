/**
 * A load generator that costs little: raw sockets, one request at a time on each, answers told apart by their length.
 * Runs as its own process: `node http-load.js <port> <connections> <seconds> <request file>`; `{n}` in a request becomes
 * a number that is never used twice. Prints one JSON line.
 */
import { readFileSync } from 'node:fs'
import net from 'node:net'

const [port, connections, seconds, file] = process.argv.slice(2)
const templates = readFileSync(file ?? '', 'utf8')
  .split('\n---\n')
  .filter((part) => part !== '')
const until = performance.now() + Number(seconds) * 1000
const latencies: number[] = []
const statuses: Record<string, number> = {}
let counter = Date.now() * 1000 + (process.pid % 1000)

function requestBytes(): Buffer {
  counter++
  const [head = '', body = ''] = (templates[counter % templates.length] ?? '')
    .replaceAll('{n}', String(counter))
    .split('\n\n')
  const lines = head
    .split('\n')
    .concat(`Host: 127.0.0.1:${port}`, ...(body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]))
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

function run(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), '127.0.0.1')
    socket.setNoDelay(true)
    let begin = 0
    let text = ''
    const send = () => {
      if (performance.now() >= until) {
        socket.end()
        resolve()
        return
      }
      begin = performance.now()
      socket.write(requestBytes())
    }
    socket.on('connect', send)
    socket.on('error', reject)
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      if (end === -1) return
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
      if (text.length < end + 4 + length) return
      const status = text.slice(9, 12)
      statuses[status] = (statuses[status] ?? 0) + 1
      latencies.push(performance.now() - begin)
      text = ''
      send()
    })
  })
}

const begin = performance.now()
await Promise.all(Array.from({ length: Number(connections) }, run))
const elapsed = (performance.now() - begin) / 1000
latencies.sort((a, b) => a - b)
const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
console.log(
  JSON.stringify({ count: latencies.length, rate: latencies.length / elapsed, p50: at(0.5), p99: at(0.99), statuses }),
)
