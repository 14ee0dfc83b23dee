// A database of its own for a test file: a clone of the template that scripts/test.mjs migrated once.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { Test } from 'tap'

/** Clones the migrated template (0.1 to 0.3 s) and drops the clone when `t` ends, even if connections are still open. */
export async function testDatabase(t: Test): Promise<{ url: string }> {
  const { TEST_PG_URL: server, TEST_TEMPLATE: template } = process.env
  if (!server || !template) throw new Error('This test needs a database: run it by `npm test -- <file>`.')
  // After the template, by which scripts/test.mjs finds what a killed test left behind.
  const name = `${template}_${randomBytes(6).toString('hex')}`
  await administer(server, `create database ${name} template ${template}`)
  t.teardown(() => administer(server, `drop database ${name} with (force)`))
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href }
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client(server)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
