/** One command of the command line. */
import type { Config } from '../config.ts'

export interface Command {
  name: string
  usage: string
  summary: string
  /** `load` reads the settings; commands that need none never call it. */
  run(args: string[], load: () => Config): Promise<void>
}
