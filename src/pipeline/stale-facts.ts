/** Another writer took an identity between our look and our write: roll back and decide again with fresh facts. */
export class StaleFacts extends Error {}
