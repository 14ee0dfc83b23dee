/** One command of the command line. */
import type { Config } from '../config.ts'

export interface Command {
  name: string
  /** One line: the command as it is typed, without the program's name. */
  usage: string
  summary: string
  /** Options and examples, shown by `leadwell help <command>`. */
  details?: string
  /** `load` reads the settings; commands that need none never call it. */
  run(args: string[], load: () => Config): Promise<void>
}
