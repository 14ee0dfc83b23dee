/** What an error of the database or of the way to it means. */

/** SQLSTATE of a database error, or undefined when the fault is not the database's answer. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** True when a table has changed since this connection planned a statement: a newer version of the service has migrated. */
export function isOutdatedPlan(error: unknown): boolean {
  return sqlStateOf(error) === '0A000' && error instanceof Error && error.message.startsWith('cached plan')
}

/** True when the connection itself is in doubt: it must not go back to the pool. */
export function isConnectionFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const state = sqlStateOf(error)
  if (state !== undefined) return state.startsWith('08') || state.startsWith('57P')
  return 'code' in error || /timeout|terminated|Connection|not queryable/i.test(error.message)
}
