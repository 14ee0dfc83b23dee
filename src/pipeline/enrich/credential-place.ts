/** Where a credential belongs: bound into its seal, so that a copy in another workspace's row opens nothing. */
export const credentialPlace = (workspaceId: string, key: string) => `enrichment/${workspaceId}/${key}`
