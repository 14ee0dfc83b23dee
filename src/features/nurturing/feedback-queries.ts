/** Statements that find the messages which reports, answers and callbacks are about. */
import { type Db, readInWorkspace, type Statement } from '../../db/client.ts'
import type { MessageFacts } from '../../domain/mail/message-row.ts'
import { type MessageRow, toFacts } from '../../pipeline/mail/message-queries.ts'

const byMessageIdStatement: Statement = {
  name: 'list_messages_by_rfc_id',
  text: 'SELECT * FROM messages WHERE workspace_id = $1 AND rfc_message_id = ANY($2::text[])',
}

/** Messages by their Message-IDs. */
export async function listByMessageId(db: Db, workspaceId: string, ids: string[]): Promise<MessageFacts[]> {
  if (ids.length === 0) return []
  return (await readInWorkspace<MessageRow>(db, workspaceId, byMessageIdStatement, [workspaceId, ids])).map(toFacts)
}
