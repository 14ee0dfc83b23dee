export default {
  leadwell: {
    input: { target: 'openapi.json' },
    output: {
      target: 'generated/orval/client.ts',
      client: 'fetch',
      mode: 'single',
      clean: true,
      // A generated client names its server in the code; here it is the one that the check started.
      baseUrl: process.env['LEADWELL_URL'] ?? 'http://127.0.0.1:3200',
    },
  },
}
