// A TCP proxy between two parties that lets every request through and cuts chosen replies: the other side has done
// what it was asked, and the asker never hears of it.
import net from 'node:net'
import type { Test } from 'tap'

export interface Proxy {
  /** `127.0.0.1:port`. */
  readonly host: string
  /** Connections cut so far. */
  cuts(): number
  /** Cuts the connection instead of delivering a piece of a reply for which this holds. */
  cutReplies(when: (piece: Buffer) => boolean): void
}

/** Listens on a port of its own and leads to the host of the address; ends with `t`. */
export async function startProxy(t: Test, { hostname, port: targetPort }: URL): Promise<Proxy> {
  let isCut: (piece: Buffer) => boolean = () => false
  let cuts = 0
  const open = new Set<net.Socket>()
  const server = net.createServer((asker) => {
    const replier = net.connect(Number(targetPort), hostname)
    for (const [socket, other] of [
      [asker, replier],
      [replier, asker],
    ] as const) {
      open.add(socket)
      socket.setNoDelay(true)
      // A reset on one side is the end of both.
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
    }
    asker.pipe(replier)
    replier.on('data', (piece) => {
      if (!isCut(piece)) return void asker.write(piece)
      cuts++
      asker.destroy()
    })
    replier.on('end', () => asker.end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  const { port } = server.address() as net.AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    cuts: () => cuts,
    cutReplies: (when) => {
      isCut = when
    },
  }
}
