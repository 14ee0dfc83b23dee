/** Situations that statuses of the mail room need. */
import { type Provoke, real } from './openapi-stage.ts'

const newTemplate: Provoke = async (stage) => stage.send({ ...(await real(stage)), path: '/v1/templates/brand-new' })

const noSuchTemplate: Provoke = async (stage) => {
  const request = await real(stage)
  await stage.send({ ...request, path: request.path.replace('welcome', 'no-such') })
}

export const NURTURING_STAGES: Record<string, Provoke> = {
  'putTemplate 201': newTemplate,
  'deleteTemplate 404': noSuchTemplate,
  'listTemplateVersions 404': noSuchTemplate,
}
