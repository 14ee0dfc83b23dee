/** Where the package is on the disk, whichever file asks: a source, a compiled one, or the bundle that a start reads. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The nearest folder upwards that holds package.json. */
export function packageRoot(from = path.dirname(fileURLToPath(import.meta.url))): string {
  return existsSync(path.join(from, 'package.json')) ? from : packageRoot(path.dirname(from))
}

/** A compiled file or folder of the sources: what is read or started as a file of its own, and so is in no bundle. */
export const compiledPath = (name: string) => path.join(packageRoot(), 'build', 'src', name)
