/** A mail server that takes everything and keeps nothing; answers `count` with how many mails it took. */
import { SMTPServer } from 'smtp-server'

let count = 0
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  hidePIPELINING: false,
  disableReverseLookup: true,
  onData: (stream, _session, done) => {
    stream.on('data', () => undefined)
    stream.on('end', () => {
      count++
      done()
    })
  },
})
server.on('error', () => undefined)
server.listen(0, '127.0.0.1', () => {
  const address = server.server.address()
  if (address !== null && typeof address === 'object') process.send?.(address.port)
})
process.on('message', () => process.send?.(count))
process.on('disconnect', () => process.exit(0))
