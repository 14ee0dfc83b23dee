/**
 * A mail server that takes everything and keeps nothing; answers `count` with how many mails it took. As cheap as one can
 * be that still reads each command and each mail to its dot: it shares the processors with what is measured.
 */
import net from 'node:net'

const REPLIES: Record<string, string> = {
  EHLO: '250-sink\r\n250-PIPELINING\r\n250 SIZE 35000000\r\n',
  DATA: '354 go on\r\n',
  QUIT: '221 bye\r\n',
}
const DOT = '\r\n.\r\n'

let count = 0

/** What a client has sent, one character for each byte; replies to commands that came together go together (RFC 2920). */
function converse(socket: net.Socket): void {
  let pending = ''
  let isMail = false
  socket.on('error', () => undefined)
  socket.on('data', (bytes) => {
    pending += bytes.toString('latin1')
    let at = 0
    let replies = ''
    for (;;) {
      const end = pending.indexOf(isMail ? DOT : '\r\n', at)
      if (end < 0) break
      if (isMail) {
        isMail = false
        count++
        replies += '250 taken\r\n'
        at = end + DOT.length
        continue
      }
      const command = pending.slice(at, at + 4).toUpperCase()
      isMail = command === 'DATA'
      replies += REPLIES[command] ?? '250 fine\r\n'
      // The line break before a mail may be the one before its dot.
      at = isMail ? end : end + 2
    }
    pending = pending.slice(at)
    if (replies !== '') socket.write(replies)
    if (replies.endsWith(REPLIES['QUIT'] ?? '')) socket.end()
  })
  socket.write('220 sink ESMTP\r\n')
}

const server = net.createServer({ noDelay: true }, converse)
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.send?.(address.port)
})
process.on('message', () => process.send?.(count))
process.on('disconnect', () => process.exit(0))
