/** The published document as the code produces it now. */
import { describeApp } from '../../src/commands/describe-app.ts'
import { loadConfig } from '../../src/config.ts'
import type { Document } from '../../src/http/openapi-types.ts'

/** Builds the app without a database and asks it for its document. */
export async function publishedDocument(): Promise<Document> {
  const app = await describeApp(loadConfig({ NODE_ENV: 'test' }))
  try {
    return structuredClone(app.swagger()) as unknown as Document // the plugin's type is narrower than what we publish
  } finally {
    await app.close()
  }
}
