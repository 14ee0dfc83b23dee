/** Stored rows as a test may look at them: by the rights of the workspace, so that it works for any login role. */
import { readInWorkspace } from '../../src/db/client.ts'
import type { TestService } from './service.ts'

/** All rows of a table of the default workspace; `condition` is SQL. */
export async function rowsOf(
  { ctx, workspaceId }: TestService,
  table: string,
  condition = 'true',
): Promise<Record<string, unknown>[]> {
  const text = `SELECT * FROM ${table} WHERE workspace_id = $1 AND ${condition}`
  return await readInWorkspace(ctx.db, workspaceId, { name: `rows ${table} ${condition}`, text }, [workspaceId])
}
