/** Senders: who mail comes from. Secrets come in, are sealed, and never come out. */
import { createPrivateKey, createPublicKey, type KeyObject, randomBytes } from 'node:crypto'
import { recordAudit } from '../../changes/record-audit.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { type ExpectedVersion, isExpectedVersion } from '../../domain/expected-version.ts'
import { type SenderDefinition, SMTP_SECURITIES, senderSecretPlace } from '../../domain/mail/sender.ts'
import { normalizeEmail } from '../../domain/normalize/email.ts'
import { SEAL_IV_BYTES, sealSecret } from '../../domain/sealed-secret.ts'
import { ApiError, notFound, type ProblemItem, validationFailed } from '../../errors.ts'
import { deleteSender as deleteRow, lockSender, type SenderRow, saveSender } from './sender-queries.ts'
import type { SenderSecrets } from './sender-schemas.ts'
import { checkExpectation, type Expectation, requireUnused } from './template-service.ts'

/** Creates or replaces a sender. */
export async function putSender(
  ctx: Ctx,
  caller: Caller,
  key: string,
  given: { definition: SenderDefinition; secrets: SenderSecrets },
  expected: Expectation,
): Promise<{ sender: SenderRow; created: boolean }> {
  const { secrets } = given
  const checked = readDefinition(given.definition, secrets)
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const before = await lockSender(tx, key)
    checkExpectation('sender', before?.version, expected)
    const definition = keepRecord(checked, secrets, before)
    const at = ctx.now().toISOString()
    const version = (before?.version ?? 0) + 1
    const sealed = {
      smtp_password: seal(ctx, tx, key, 'smtp_password', secrets.smtp_password),
      dkim_private_key: seal(ctx, tx, key, 'dkim_private_key', secrets.dkim_private_key),
    }
    if (!(await saveSender(tx, key, version, definition, sealed, at))) {
      throw new ApiError(
        'precondition_failed',
        'It has changed since you read it; read it again and repeat the change.',
      )
    }
    recordAudit(tx, caller, {
      action: before === undefined ? 'mail_sender.created' : 'mail_sender.updated',
      object_id: key,
      before: before === undefined ? null : { ...before.definition },
      after: { ...definition, smtp_password: secrets.smtp_password, dkim_private_key: secrets.dkim_private_key },
      occurred_at: at,
    })
    const has = (field: keyof SenderSecrets, was: boolean | undefined) =>
      secrets[field] === undefined ? (was ?? false) : secrets[field] !== null
    const sender: SenderRow = {
      sender_key: key,
      version,
      definition,
      has_smtp_password: has('smtp_password', before?.has_smtp_password),
      has_dkim_private_key: has('dkim_private_key', before?.has_dkim_private_key),
      created_at: before?.created_at ?? at,
      updated_at: at,
    }
    return { sender, created: before === undefined }
  })
}

/** Removes a sender; mails that name it are withheld from then on. */
export async function deleteSender(ctx: Ctx, caller: Caller, key: string, ifMatch: ExpectedVersion): Promise<void> {
  await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const before = await lockSender(tx, key)
    if (before === undefined) throw notFound('sender')
    if (!isExpectedVersion(ifMatch, before.version))
      throw new ApiError('precondition_failed', 'It has changed since you read it.')
    await requireUnused(tx, { sender_key: key })
    await deleteRow(tx, key)
    recordAudit(tx, caller, {
      action: 'mail_sender.deleted',
      object_id: key,
      before: { ...before.definition },
      after: null,
      occurred_at: ctx.now().toISOString(),
    })
  })
}

function seal(ctx: Ctx, tx: Tx, key: string, field: keyof SenderSecrets, secret: string | null | undefined) {
  if (secret === null || secret === undefined) return secret
  return sealSecret(ctx.secret, senderSecretPlace(tx.workspaceId, key, field), secret, randomBytes(SEAL_IV_BYTES))
}

function readDefinition(given: SenderDefinition, secrets: SenderSecrets): SenderDefinition {
  const faults: ProblemItem[] = []
  const address = (field: 'email' | 'reply_to', value: string) => {
    const email = normalizeEmail(value)
    if (email.ok) return email.value
    faults.push({ code: 'invalid_format', detail: email.detail, pointer: `/${field}`, parameter: null })
    return value
  }
  const email = address('email', given.email)
  const reply_to = given.reply_to === null ? null : address('reply_to', given.reply_to)
  const record = secrets.dkim_private_key == null ? null : dnsRecordOf(secrets.dkim_private_key)
  if (record === undefined) {
    const detail = 'Must be the PEM of an RSA key of at least 1024 bits, or of an Ed25519 key.'
    faults.push({ code: 'invalid_value', detail, pointer: '/dkim/private_key', parameter: null })
  }
  if (given.smtp !== null && !SMTP_SECURITIES.includes(given.smtp.security)) {
    const detail = `Must be one of: ${SMTP_SECURITIES.join(', ')}.`
    faults.push({ code: 'invalid_value', detail, pointer: '/smtp/security', parameter: null })
  }
  if (faults.length > 0) throw validationFailed(faults)
  return { ...given, email, reply_to, dkim: given.dkim === null ? null : { ...given.dkim, dns_record: record ?? null } }
}

/** A key that stays keeps its record. */
function keepRecord(
  definition: SenderDefinition,
  secrets: SenderSecrets,
  before: SenderRow | undefined,
): SenderDefinition {
  if (definition.dkim === null || secrets.dkim_private_key !== undefined) return definition
  return { ...definition, dkim: { ...definition.dkim, dns_record: before?.definition.dkim?.dns_record ?? null } }
}

/** Text of the DNS record for a key; undefined when it is no key that can sign mail. */
function dnsRecordOf(pem: string): string | undefined {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    return undefined
  }
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' })
  if (key.asymmetricKeyType === 'ed25519') return `v=DKIM1; k=ed25519; p=${der.subarray(-32).toString('base64')}`
  const isLong = (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 1024
  return key.asymmetricKeyType === 'rsa' && isLong ? `v=DKIM1; k=rsa; p=${der.toString('base64')}` : undefined
}
