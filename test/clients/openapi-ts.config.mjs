export default {
  input: 'openapi.json',
  // Node's own resolution wants the extensions.
  output: { path: 'generated/hey-api', importFileExtension: '.js' },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
}
