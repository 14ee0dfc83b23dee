/** Makes the clocks of promises older: the same as waiting, for workers that go by the database's time. */
import type { TestService } from './service.ts'

const age = {
  name: 'age_sla_clocks',
  text: `UPDATE sla_clocks SET started_at = started_at - $2 * interval '1 second', counted_from = counted_from - $2 * interval '1 second',
      due_at = due_at - $2 * interval '1 second',
      notes = (SELECT coalesce(jsonb_agg(jsonb_set(n, '{at}', to_jsonb((n->>'at')::bigint - $2::bigint * 1000))), '[]') FROM jsonb_array_elements(notes) AS n)
    WHERE workspace_id = $1`,
}

/** Lets so many seconds pass for all clocks of the default workspace. */
export async function passTime({ ctx, workspaceId }: TestService, seconds: number): Promise<void> {
  await ctx.db.query(age, [workspaceId, seconds])
}
