/** Whether the fences between workspaces stand, as the catalogue of the database tells: roles, policies, grants. */
import type { Queryable } from './client.ts'

/** Tables without a fence, on purpose: they are read before the workspace is known, by a hash or a random address. */
const LOOK_UPS = ['api_key_hashes', 'form_addresses', 'installation']

/** Tables to which rows are added and never changed; nobody who serves requests may do otherwise. */
const APPEND_ONLY = [
  'buyer_ledger',
  'audit_log',
  'changes',
  'form_versions',
  'receipts',
  'routing_days',
  'team_versions',
  'user_versions',
]

interface RoleRow {
  rolname: string
  is_powerful: boolean
  is_member: boolean
}

// Not by MEMBER of a superuser's everything: what counts is whether SET ROLE will be allowed.
const ROLES = `SELECT rolname, rolsuper OR rolbypassrls OR rolcanlogin AS is_powerful,
    pg_has_role(current_user, oid, 'MEMBER') AS is_member
  FROM pg_roles WHERE rolname IN ('leadwell_app', 'leadwell_sweep')`

interface TableRow {
  name: string
  is_on: boolean
  is_forced: boolean
  has_policy: boolean
  is_owned_by_app: boolean
  leads_key: boolean
  may_truncate: boolean
  may_change: boolean
  sweep_may_write: boolean
}

// A partition is reached through its parent, whose fence counts.
const TABLES = `SELECT c.relname AS name, c.relrowsecurity AS is_on, c.relforcerowsecurity AS is_forced,
    EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'workspace_fence') AS has_policy,
    c.relowner = 'leadwell_app'::regrole AS is_owned_by_app,
    c.relname = 'workspaces' OR EXISTS (
      SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
      WHERE i.indrelid = c.oid AND i.indisprimary AND a.attname = 'workspace_id') AS leads_key,
    has_table_privilege('leadwell_app', c.oid, 'TRUNCATE') AS may_truncate,
    has_table_privilege('leadwell_app', c.oid, 'UPDATE') OR has_table_privilege('leadwell_app', c.oid, 'DELETE') AS may_change,
    has_table_privilege('leadwell_sweep', c.oid, 'INSERT') OR has_table_privilege('leadwell_sweep', c.oid, 'UPDATE')
      OR has_table_privilege('leadwell_sweep', c.oid, 'DELETE') AS sweep_may_write
  FROM pg_class c
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  ORDER BY c.relname`

// A view answers with the rights of its owner unless told otherwise: it would show every workspace.
const OPEN_VIEWS = `SELECT relname AS name FROM pg_class
  WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('v', 'm')
    AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)`

/** What is wrong with the two roles that requests and sweeps become, one sentence each. */
export async function findRoleFaults(db: Queryable): Promise<string[]> {
  const rows = await db.query<RoleRow>(ROLES)
  return ['leadwell_app', 'leadwell_sweep'].flatMap((name) => {
    const role = rows.find((row) => row.rolname === name)
    if (role === undefined) return [`the role ${name} is missing`]
    return [
      ...(role.is_powerful ? [`the role ${name} is a superuser, bypasses row-level security or can log in`] : []),
      ...(role.is_member ? [] : [`this login is no member of ${name}`]),
    ]
  })
}

/** How many tables are fenced, and what is wrong with any, one sentence each. Needs the roles. */
export async function findFenceFaults(db: Queryable): Promise<{ fenced: number; faults: string[] }> {
  const tables = (await db.query<TableRow>(TABLES)).filter(({ name }) => !LOOK_UPS.includes(name))
  const views = await db.query<{ name: string }>(OPEN_VIEWS)
  const faults = [...tables.flatMap(faultsOf), ...views.map(({ name }) => `${name}: this view shows every workspace`)]
  return { fenced: tables.length, faults }
}

function faultsOf(table: TableRow): string[] {
  const checks: [boolean, string][] = [
    [!table.is_on, 'row-level security is off'],
    [!table.is_forced, 'row-level security is not forced for the owner'],
    [!table.has_policy, 'the policy workspace_fence is missing'],
    [table.is_owned_by_app, 'it belongs to leadwell_app, which can take the fence down'],
    [!table.leads_key, 'its primary key does not begin with workspace_id'],
    [table.may_truncate, 'leadwell_app may truncate it, which ignores policies'],
    [table.may_change && APPEND_ONLY.includes(table.name), 'leadwell_app may change what must only be added to'],
    [table.sweep_may_write, 'leadwell_sweep may write to it'],
  ]
  return checks.filter(([isWrong]) => isWrong).map(([, what]) => `${table.name}: ${what}`)
}
