/** All tables, for drizzle-kit; rooms import the file they need. */
export * from './capture.ts'
export * from './changes.ts'
export * from './leads.ts'
export * from './requests.ts'
export * from './tenancy.ts'
