/** The workspace's own fields: their rules, and what a form sent in their types. */
import type { Queryable, Statement, Tx } from '../db/client.ts'
import {
  type CustomFieldDocument,
  type CustomFieldRules,
  type Customizable,
  customFieldRules,
  NO_CUSTOM_FIELDS,
} from '../domain/custom-field.ts'
import { coerceCustomFields } from '../domain/custom-field-map.ts'
import type { Intake } from '../domain/intake.ts'
import { readSettings, type WorkspaceSettings } from '../domain/workspace-settings.ts'

/** Key of the document in the table of settings. */
export const CUSTOM_FIELDS_KEY = 'custom_fields'

/** What every write of a workspace is judged by. */
export interface WritePolicy {
  settings: WorkspaceSettings
  customFields: CustomFieldDocument
  /** Names that conditions may use because the published lifecycle has them; null when none is published. */
  qualification: QualificationNames | null
}

/** Keys of the qualification frameworks and criteria of a lifecycle. */
export interface QualificationNames {
  frameworks: string[]
  criteria: string[]
}

const policyStatement: Statement = {
  name: 'find_write_policy',
  text: `SELECT w.name, w.settings, s.document,
      (SELECT jsonb_build_object('frameworks', jsonb_path_query_array(v.definition, '$.frameworks[*].key'),
          'criteria', jsonb_path_query_array(v.definition, '$.criteria[*].key'))
        FROM policy_versions v WHERE v.workspace_id = w.id AND v.kind = 'lifecycle' AND v.policy_key = 'default'
        AND v.state = 'published') AS qualification
    FROM workspaces w
    LEFT JOIN settings s ON s.workspace_id = w.id AND s.settings_key = '${CUSTOM_FIELDS_KEY}' WHERE w.id = $1`,
}

interface PolicyRow {
  name: string
  settings: Partial<WorkspaceSettings>
  document: CustomFieldDocument | null
  qualification: QualificationNames | null
}

/** The policy as it is committed now: read with each write, so that no process judges by an old one. */
export async function findWritePolicy(db: Queryable, workspaceId: string): Promise<WritePolicy> {
  const [row] = await db.query<PolicyRow>(policyStatement, [workspaceId])
  return {
    settings: readSettings(row?.name ?? '', row?.settings ?? {}),
    customFields: row?.document ?? NO_CUSTOM_FIELDS,
    qualification: row?.qualification ?? null,
  }
}

/** The rules for one kind of object. */
export function rulesOf({ settings, customFields }: WritePolicy, object: Customizable): CustomFieldRules {
  return customFieldRules(customFields[object], settings.allow_unknown_custom_fields)
}

/** Intakes with their custom fields in stored form; what has none is an issue and stays with the submission. */
export async function typeCustomFields(tx: Tx, intakes: Intake[]): Promise<Intake[]> {
  // The API has refused what does not fit before it made an intake.
  const isUntyped = (intake: Intake) => intake.source !== 'api' && Object.keys(intake.custom_fields).length > 0
  if (!intakes.some(isUntyped)) return intakes
  const rules = rulesOf(await findWritePolicy(tx, tx.workspaceId), 'lead')
  return intakes.map((intake) => {
    if (!isUntyped(intake)) return intake
    const { values, issues } = coerceCustomFields(rules, intake.custom_fields)
    return { ...intake, custom_fields: values, issues: [...intake.issues, ...issues] }
  })
}
