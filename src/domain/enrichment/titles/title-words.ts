// What job titles are made of. A word of the lists is a folded word or phrase; a star before or behind a single word
// stands for any letters (`*leiter` is every head of something in German, `vertrieb*` every compound of sales).

/** How far up somebody is, highest first: of several words in a title the highest counts. */
export const SENIORITIES = [
  'owner',
  'c_level',
  'vp',
  'head',
  'director',
  'manager',
  'senior',
  'specialist',
  'junior',
  'intern',
] as const
export type Seniority = (typeof SENIORITIES)[number]

/** Where somebody works in a company. */
export const DEPARTMENTS = [
  'executive',
  'sales',
  'marketing',
  'product',
  'design',
  'engineering',
  'it',
  'research',
  'operations',
  'manufacturing',
  'logistics',
  'procurement',
  'finance',
  'hr',
  'legal',
  'support',
  'consulting',
  'administration',
  'education',
  'healthcare',
] as const
export type Department = (typeof DEPARTMENTS)[number]

/** Words of one language: each list is lines of words with commas between. */
export interface TitleWords {
  readonly seniority: Readonly<Partial<Record<Seniority, readonly string[]>>>
  readonly department: Readonly<Partial<Record<Department, readonly string[]>>>
}
