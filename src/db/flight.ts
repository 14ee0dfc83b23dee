/**
 * A client whose statements travel in flights: those that are begun in one tick are written at once, with one `Sync` at
 * their end, so PostgreSQL answers once instead of after each. The columns of a prepared statement are asked for once a
 * connection, not at each run. Both were a third of the driver's time for a small statement (docs/decisions/0020).
 *
 * When a statement fails, those that stand behind it in its flight are not run, `COMMIT` included, and fail with its error.
 */
import pg from 'pg'
import { planOnce } from './plan-once.ts'
import { fitName } from './statement-name.ts'

/** A named statement: parsed and planned once per connection (unnamed costs 3x the PostgreSQL CPU, performance.md 2). */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** What a statement answered: its rows, and PostgreSQL's word for what it did, as `INSERT 0 1` or `COMMIT`. */
export interface Answer<Row> {
  rows: Row[]
  tag: string
}

type Parse = (text: string) => unknown

/** How the rows of a statement are read. */
interface Shape {
  columns: readonly { name: string; parse: Parse }[]
  /** A row of nulls: copies of it keep the fast form of an object, which members that are added one by one lose. */
  blank: Record<string, unknown>
}

const NO_ROWS: Shape = { columns: [], blank: {} }

interface Passenger {
  statement: Statement
  values: (string | Buffer | null)[]
  /** Null until the first run on a connection has told it. */
  shape: Shape | null
  answer: Answer<Record<string, unknown>>
  /** A row that could not be read. */
  fault: unknown
  resolve(answer: Answer<never>): void
  reject(error: unknown): void
}

/** A column as PostgreSQL describes it. */
interface Described {
  name: string
  dataTypeID: number
}

/** The connection as this file uses it; the published types lack its book of prepared statements. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void }
  readonly parsedStatements: Record<string, string | undefined>
  readonly submittedNamedStatements: Record<string, string | undefined>
  parse(statement: Statement): void
  bind(binding: { portal: string; statement: string; values: unknown[] }): void
  describe(portal: { type: 'P'; name: string }): void
  execute(portal: { portal: string }): void
  sync(): void
}

/** The driver's own query, of which it takes only kin while statements do not wait for each other. */
const DriverQuery = pg.Query as unknown as new (
  text: string,
) => { name?: string; text: string; callback?: (error: Error | null, result?: unknown) => void }

/** The driver's own rules for writing a value; not in the published types. */
const { prepareValue } = (pg as unknown as { utils: { prepareValue(value: unknown): string | Buffer | null } }).utils

/** What waits for the end of a tick leaves at once beyond this: PostgreSQL works on it while the next statement is written here. */
const MOST_WAITING_CHARACTERS = 65_536

export class FlightClient extends pg.Client {
  /** When it was made, by the clock of `performance`. */
  readonly madeAt = performance.now()
  private boarding: Flight | null = null
  /** Shapes of the statements that ran on this connection, by name. */
  private readonly shapes = new Map<string, Shape>()

  /** Runs a statement in the flight of this tick. An empty name parses it anew, and must give no rows. */
  fly<Row>(given: Statement, values: unknown[] = []): Promise<Answer<Row>> {
    return new Promise((resolve, reject) => {
      const statement = fitName(given)
      const written = values.map(prepareValue)
      const shape = statement.name === '' ? NO_ROWS : (this.shapes.get(statement.name) ?? null)
      const answer = { rows: [], tag: '' }
      const flight = this.boarding ?? this.openFlight()
      flight.add({ statement, values: written, shape, answer, fault: null, resolve, reject })
      if (flight.characters > MOST_WAITING_CHARACTERS) this.depart()
    })
  }

  /** The driver's own way, for statements without a name; what waits leaves first, so the order is kept. */
  override query(...args: never[]): never {
    this.depart()
    return super.query(...(args as unknown as [string])) as never
  }

  private openFlight(): Flight {
    const flight = new Flight(this.shapes, (oid) => this.getTypeParser(oid))
    this.boarding = flight
    process.nextTick(() => {
      if (this.boarding === flight) this.depart()
    })
    return flight
  }

  private depart(): void {
    const flight = this.boarding
    if (flight === null) return
    this.boarding = null
    super.query(flight as unknown as pg.Submittable)
  }
}

/** Statements on their way, as the driver's client drives a query: it hands over each message of the answer. */
class Flight extends DriverQuery {
  private readonly passengers: Passenger[] = []
  /** Whose answer comes next. */
  private turn = 0
  /** How much text waits. */
  characters = 0

  private readonly shapes: Map<string, Shape>
  private readonly parserOf: (oid: number) => Parse

  constructor(shapes: Map<string, Shape>, parserOf: (oid: number) => Parse) {
    super('')
    this.shapes = shapes
    this.parserOf = parserOf
  }

  add(passenger: Passenger): void {
    this.passengers.push(passenger)
    for (const value of passenger.values) this.characters += value?.length ?? 0
  }

  submit(wire: Wire): null {
    wire.stream.cork()
    for (const { statement, values, shape } of this.passengers) {
      const { name, text } = statement
      if (name === '' || (wire.parsedStatements[name] ?? wire.submittedNamedStatements[name]) !== text) {
        wire.parse({ name, text: planOnce(text) })
        if (name !== '') wire.submittedNamedStatements[name] = text
      }
      wire.bind({ portal: '', statement: name, values })
      if (shape === null) wire.describe({ type: 'P', name: '' })
      wire.execute({ portal: '' })
    }
    wire.sync()
    wire.stream.uncork()
    this.nameOfTurn()
    return null
  }

  handleRowDescription({ fields }: { fields: Described[] }): void {
    const passenger = this.passengers[this.turn]
    if (passenger !== undefined) passenger.shape = shapeOf(fields, this.parserOf)
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    const passenger = this.passengers[this.turn]
    if (passenger === undefined) return
    try {
      passenger.answer.rows.push(readRow(passenger.shape ?? NO_ROWS, fields))
    } catch (fault) {
      passenger.fault ??= fault
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    const passenger = this.passengers[this.turn]
    if (passenger !== undefined) {
      passenger.answer.tag = text
      // No description came either: it gives no rows.
      this.shapes.set(passenger.statement.name, passenger.shape ?? NO_ROWS)
    }
    this.turn++
    this.nameOfTurn()
  }

  handleReadyForQuery(): void {
    this.callback?.(null)
    for (const passenger of this.passengers) settle(passenger)
  }

  /** What was answered before the fault stays answered; the rest fails with it, the last ones without having run. */
  handleError(error: Error, wire: Wire): void {
    this.callback?.(error)
    for (const [place, passenger] of this.passengers.entries()) {
      // Nothing behind the fault was parsed. The driver itself forgets the name of the one that failed.
      if (place > this.turn) delete wire.submittedNamedStatements[passenger.statement.name]
      if (place < this.turn) settle(passenger)
      else passenger.reject(error)
    }
  }

  /** The driver enters a statement as parsed, or forgets it, by the name of the query that is answered. */
  private nameOfTurn(): void {
    const { name, text } = this.passengers[this.turn]?.statement ?? { name: '', text: '' }
    this.name = name
    this.text = text
  }
}

function settle({ answer, fault, resolve, reject }: Passenger): void {
  if (fault === null) resolve(answer as Answer<never>)
  else reject(fault)
}

function shapeOf(described: Described[], parserOf: (oid: number) => Parse): Shape {
  const columns = described.map(({ name, dataTypeID }) => ({ name, parse: parserOf(dataTypeID) }))
  const members = columns.map(({ name }) => `${JSON.stringify(name)}:null`)
  // An object that is parsed has the fast form from the start.
  return { columns, blank: JSON.parse(`{${members.join()}}`) as Shape['blank'] }
}

function readRow({ columns, blank }: Shape, fields: (string | null)[]): Record<string, unknown> {
  const row = { ...blank }
  fields.forEach((text, place) => {
    const column = columns[place]
    if (text !== null && column !== undefined) row[column.name] = column.parse(text)
  })
  return row
}
