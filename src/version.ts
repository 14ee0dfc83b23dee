/** Which release this is. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { packageRoot } from './package-root.ts'

/** Version of the package, read once: it cannot change while the process runs. */
export const RELEASE: string = JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')).version
