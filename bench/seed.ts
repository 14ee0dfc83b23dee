/** Many leads, fast: written by one statement as the pipeline would leave them. */
import type { Stage } from './stage.ts'

/** Adds `count` leads with their identities and sources; `from` makes the addresses distinct between calls. */
export async function seedLeads(stage: Stage, from: number, count: number): Promise<void> {
  const { db, workspaceId: ws } = stage
  for (let start = from; start < from + count; start += 100_000) {
    const end = Math.min(start + 100_000, from + count) - 1
    await db.query(
      `WITH made AS (
         INSERT INTO leads (workspace_id, id, email, email_domain, phone, first_name, last_name, full_name, company_name, job_title, domain, city, country,
           language, stage_key, status, source_key, tags, custom_fields, metadata, external_ids, archived, version, created_at, updated_at)
         SELECT $1::uuid, gen_random_uuid(), 'person.' || n || '@company' || n % 5000 || '.test', 'company' || n % 5000 || '.test', '+4930' || 1000000 + n,
           'First' || n % 700, 'Last' || n % 9000, 'First' || n % 700 || ' Last' || n % 9000, 'Company ' || n % 5000, 'Head of Sales', 'company' || n % 5000 || '.test',
           'Berlin', 'DE', 'de', 'lead', 'new', 'website', '{}', '{"interest":"demo"}', '{}', '[]', false, 1, t, t
         FROM generate_series($2::int, $3::int) AS n, LATERAL (SELECT now() - n * interval '8 seconds' AS t) AS at RETURNING id, email),
       sources AS (INSERT INTO lead_field_sources (workspace_id, lead_id, sources)
         SELECT $1, id, '{"email":{"by":"person","source":"form:demo","at":"2026-11-22T05:28:00.000Z"}}' FROM made)
       INSERT INTO identities (workspace_id, kind, value, lead_id, created_at) SELECT $1, 'email', email, id, now() FROM made`,
      [ws, start, end],
    )
  }
  await db.query('VACUUM ANALYZE leads')
  await db.query('VACUUM ANALYZE identities')
}
