// Where the sealed secret of a form's challenge belongs: writer and reader must name the same place.

/** The place that seals and opens the secret. */
export function challengePlace(workspaceId: string, formKey: string): string {
  return `${workspaceId}/forms/${formKey}/challenge_secret`
}
