import { maxKeyLength, maxKeys } from './key-rules.ts'

/** Sizes up to which a JSON body is accepted. A route that takes batches passes its own. */
export type JsonLimits = {
  /** Levels of objects and arrays; `[]` is one level. */
  depth: number
  /** Member names of all objects together. */
  keys: number
  /** Elements of all arrays together. */
  elements: number
  /** Code points of one member name. */
  keyLength: number
}

/** Levels of nesting: our deepest schema has about eight; code that recurses over a body is safe far beyond 32. */
export const maxDepth = 32

/** The limits of an ordinary body. 20,000 of the most costly numbers (34 characters each) take about 40 ms to check. */
export const jsonLimits: JsonLimits = { depth: maxDepth, keys: maxKeys, elements: 20_000, keyLength: maxKeyLength }
