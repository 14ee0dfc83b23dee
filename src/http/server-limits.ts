/**
 * Limits that close slow, silent and greedy clients (reliability.md S3, P21). All of the time-outs are needed: one alone
 * is checked every 30 seconds, and swapped by Node when the other is longer.
 */
import type { Server } from 'node:http'
import type { Config } from '../config.ts'

/** Longer than the longest wait that a request may ask for (30 s), during which nothing is sent. */
const IDLE_MS = 45_000
/** Longer than the idle time-out of common load balancers (60 s), or they send into a closing connection. */
const KEEP_ALIVE_MS = 65_000

/** Options for Fastify. */
export function serverLimits({ REQUEST_TIMEOUT_MS }: Config) {
  return {
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: IDLE_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    /** A long-lived connection sticks to one process; after a while it may find a new one with a free hand. */
    maxRequestsPerSocket: 10_000,
    http: {
      headersTimeout: Math.floor((REQUEST_TIMEOUT_MS * 2) / 3),
      connectionsCheckingInterval: Math.min(1_000, Math.ceil(REQUEST_TIMEOUT_MS / 10)),
      maxHeaderSize: 16_384,
      // We answer a missing Host ourselves, with a problem document.
      requireHostHeader: false,
    },
  }
}

/** Limits that are properties of the server. */
export function limitServer(server: Server, { MAX_CONNECTIONS }: Config): void {
  server.maxHeadersCount = 200
  server.maxConnections = MAX_CONNECTIONS
  // An expectation that we do not know may be ignored (RFC 9110, 10.1.1); Node would refuse it without a document.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
}
