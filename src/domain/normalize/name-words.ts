// Words in a person's name that are not the name itself. Compared folded and without dots unless stated.
// Words that are also common given or family names (Don, Pan, Sen, Maj, Ma) are left out on purpose.
import { splitList, toWordSet } from './word-list.ts'

/**
 * UTF-16 units up to which text is treated as a name. Longer text is some other field or an attack: it is
 * kept, but neither split nor respelled, and its key covers only this much. The longest passport names
 * (ICAO 9303 allows 39) and full Brazilian or Arabic names stay far below.
 */
export const MAX_NAME_LENGTH = 500

/** Titles and forms of address that precede a name. */
export const NAME_PREFIXES = toWordSet(
  'dr, drs, prof, profdr, professor, mr, mrs, ms, miss, mx, mister, sir, dame, lady, rev, capt, lt, sgt',
  'herr, herrn, frau, fr, hr, dipl-ing, dipl-kfm, dr-ing, drmed, mag, med, dent, habil, hc',
  'mme, mlle, monsieur, madame, maitre, sr, sra, srta, senor, senora, lic, arq, sig, sigra, signor, signora, dott',
  'dottssa, avv, dhr, mevr, mw, shri, smt, г-н, г-жа, господин, госпожа',
)

/** Degrees and generations that follow a name. */
export const NAME_SUFFIXES = toWordSet(
  'jr, sr, junior, ii, iii, iv, phd, md, dds, dvm, llm, llb, mba, msc, bsc, mphil, edd, esq, cpa, cfa, pmp, mbe, obe',
  'cbe, frcs, meng, beng, dphil, mph',
)

/** How suffixes are written, for names that were typed in one case; others get a capital first letter. */
export const SUFFIX_SPELLINGS: ReadonlyMap<string, string> = new Map(
  splitList('II, III, IV, PhD, MD, DDS, LLM, LLB, MBA, MSc, BSc, CPA, CFA').map((spelling) => [
    spelling.toLowerCase(),
    spelling,
  ]),
)

const PARTICLES =
  "van, von, der, den, de, da, do, dos, das, du, del, zu, zum, zur, vom, af, av, bin, ibn, bint, het, 't, ’t, ter, ten"

/** Particles written in lower case inside a name: the custom of most of their bearers, not of all. */
export const LOWER_CASE_PARTICLES = toWordSet(PARTICLES, 'y, und')

/** Articles written in lower case only after "de" (de la Cruz, but La Fontaine). */
export const ARTICLES_AFTER_DE = toWordSet('la, las, los')

/** Particles that begin a family name when they stand inside a full name. */
export const FAMILY_NAME_PARTICLES = toWordSet(
  PARTICLES,
  'di, della, dei, degli, la, le, lo, el, al, ben, abu, ould, st, san, santa, mac',
)

/**
 * Particles that join two family names, so that the word before them belongs to the family name too.
 * Compared as typed: capital E and I are middle initials.
 */
export const JOINING_PARTICLES = toWordSet('y, e, i, und')
