/** A command line that cannot be understood; the message says how it goes. */
export class UsageError extends Error {}
