// A job title tells how far up somebody is and where they work, in five languages and their mixtures. The highest level
// named counts; of departments the first that says something (a "sales consultant" sells). Somebody's assistant is not
// that somebody, and a former director directs nothing. What is not understood is null, never a guess.
import { foldForMatch } from '../normalize/text.ts'
import { ENGLISH_TITLES } from './titles/english.ts'
import { FRENCH_TITLES } from './titles/french.ts'
import { GERMAN_TITLES } from './titles/german.ts'
import { PORTUGUESE_TITLES } from './titles/portuguese.ts'
import { SPANISH_TITLES } from './titles/spanish.ts'
import { DEPARTMENTS, type Department, SENIORITIES, type Seniority } from './titles/title-words.ts'
import { findWords, indexWords } from './titles/word-index.ts'

export interface JobTitle {
  seniority: Seniority | null
  department: Department | null
}

const LANGUAGES = [ENGLISH_TITLES, GERMAN_TITLES, FRENCH_TITLES, SPANISH_TITLES, PORTUGUESE_TITLES]
const LEVELS = indexWords(
  SENIORITIES,
  LANGUAGES.map(({ seniority }) => seniority),
)
const PLACES = indexWords(
  DEPARTMENTS,
  LANGUAGES.map(({ department }) => department),
)
/** Every single word of the lists: other forms of a word are brought to one of these. */
const VOCABULARY = new Set([...LEVELS.phrases.keys(), ...PLACES.phrases.keys()].flatMap((phrase) => phrase.split(' ')))

/** Longest title that is read, in UTF-16 units, and most words of it: real ones are far shorter. */
const MAX_LENGTH = 300
const MAX_WORDS = 30

/** Departments that many titles name by the way: each other one says more. */
const VAGUE: ReadonlySet<Department> = new Set(['executive', 'operations', 'administration', 'consulting'])

/** Titles repeat: the same few thousand are most of what arrives, and each costs 20 us to read. */
const MOST_KEPT = 5_000
const kept = new Map<string, JobTitle>()

/** Reads one job title. Never throws; linear in its length. */
export function readJobTitle(title: string): JobTitle {
  const known = kept.get(title)
  if (known !== undefined) return known
  const read = readAnew(title)
  if (kept.size >= MOST_KEPT) kept.clear()
  if (title.length <= MAX_LENGTH) kept.set(title, read)
  return read
}

function readAnew(title: string): JobTitle {
  const parts = partsOf(title).map(readPart)
  const levels = parts.flatMap(({ levels }) => levels)
  const seniority = highestOf(levels)
  const places = parts.flatMap(({ places }) => places)
  return {
    seniority: seniority ?? (places.some((place) => !VAGUE.has(place)) ? 'specialist' : null),
    department: departmentOf(places, seniority),
  }
}

interface Part {
  levels: Seniority[]
  places: Department[]
}

const NOTHING: Part = { levels: [], places: [] }

function readPart(words: string[]): Part {
  if (words.some((word) => FORMER.has(word))) return NOTHING
  const assistant = words.findIndex((word, i) => ASSISTANTS.has(word) && LINKS.has(words[i + 1] ?? ''))
  if (assistant >= 0) return { levels: ['specialist'], places: ['administration'] }
  const known = words.map(toKnownForm)
  return { levels: findWords(LEVELS, known), places: findWords(PLACES, known) }
}

const FORMER = new Set(
  'former formerly ex retired ehemaliger ehemalige ehemals rentner pensioniert ancien ancienne retraite jubilado jubilada aposentado aposentada'.split(
    ' ',
  ),
)
const ASSISTANTS = new Set(
  'assistant assistante assistent assistentin assistenz asistente assistente secretary secretaire secretario secretaria sekretar sekretarin pa ea'.split(
    ' ',
  ),
)
const LINKS = new Set('to of for der des dem vom von zum zur de du del da do dos das'.split(' '))

/** Apprentices stay apprentices whatever they learn, and a junior manager is a junior. */
function highestOf(levels: Seniority[]): Seniority | null {
  const best = SENIORITIES.find((level) => levels.includes(level)) ?? null
  if (best === null) return null
  const rank = SENIORITIES.indexOf(best)
  if (levels.includes('intern') && rank > SENIORITIES.indexOf('manager')) return 'intern'
  return levels.includes('junior') && rank >= SENIORITIES.indexOf('manager') ? 'junior' : best
}

function departmentOf(places: Department[], seniority: Seniority | null): Department | null {
  const isLeader = seniority === 'owner' || seniority === 'c_level'
  const clear = places.find((place) => !VAGUE.has(place))
  const vague = places.find((place) => place !== 'executive')
  return clear ?? vague ?? (isLeader ? 'executive' : null)
}

/** The words of each part of a title; gender marks (`(m/w/d)`, `*in`, `:in`, `(e)`) are taken off. */
function partsOf(title: string): string[][] {
  const folded = foldForMatch(title.slice(0, MAX_LENGTH))
    .replace(/\((?:[a-z]|div|gn|all genders)(?:\s*[/|,]\s*(?:[a-z]|div|gn))+\)/g, ' ')
    .replace(/([a-z])(?:[*:_·/]|\()(?:innen|in|frau|e|a|trice|euse|ne|r)\)?(?![a-z])/g, '$1')
    .replace(/\br\s*&\s*d\b/g, 'r and d')
    .replace(/\bf\s*&\s*e\b|\bfue\b/g, 'fe')
    .replace(/\bi\s*\+\s*d(?:\s*\+\s*i)?\b/g, 'id')
    .replace(/\b(?:u\.?n\.?d\.?|and)\b/g, 'and')
    .replace(/&/g, ' and ')
    // C.E.O. and P.D.G. are one word, as CEO is.
    .replace(/\b([a-z])\.(?=[a-z]\b)/g, '$1')
  let left = MAX_WORDS
  return folded.split(/[,;|/•·–—()[\]\n]|\s-\s/).map((part) => {
    const words = part.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
    const taken = words.slice(0, left)
    left -= taken.length
    return taken
  })
}

/** The form of a word that the lists know: masculine, singular, umlauts unwritten; the word itself when none is known. */
function toKnownForm(word: string): string {
  if (VOCABULARY.has(word)) return word
  return (
    FORMS.map(([ending, other]) => word.replace(ending, other)).find((form) => VOCABULARY.has(form)) ?? stemForm(word)
  )
}

const FORMS: readonly [RegExp, string][] = [
  [/in$/, ''],
  [/innen$/, ''],
  [/trice$/, 'teur'],
  [/euse$/, 'eur'],
  [/iere$/, 'ier'],
  [/e$/, ''],
  [/e$/, 'er'],
  [/a$/, ''],
  [/a$/, 'o'],
  [/a$/, 'e'],
  [/s$/, ''],
  [/ae/g, 'a'],
  [/oe/g, 'o'],
  [/ue/g, 'u'],
]

/** Compounds are found by their ends, so the feminine ending must be off: `vertriebsleiterin`. */
function stemForm(word: string): string {
  const plain = word
    .replace(/geschaeftsfuehr/, 'geschaftsfuhr')
    .replace(/(?<=er|or|ant|ent|eur|ar|ist|anwalt|arzt)in(nen)?$/, '')
  return VOCABULARY.has(plain)
    ? plain
    : plain
        .replace(/ae/g, 'a')
        .replace(/oe/g, 'o')
        .replace(/ue(?!r)/g, 'u')
}
