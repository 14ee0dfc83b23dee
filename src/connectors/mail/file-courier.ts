/** Mail as files, where no mail server is set up: each whole or not there at all. */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Courier } from './courier.ts'

/** Folder of mails below the data folder. */
export const mailFolder = (dataDir: string) => path.join(dataDir, 'mail')

/** A courier that writes each mail to a file of its own, named by its message. */
export function createFileCourier(dataDir: string): Courier {
  const folder = mailFolder(dataDir)
  return {
    deliver: async (parcel, mayHandOver) => {
      const file = path.join(folder, `${parcel.id}.eml`)
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeFile(`${file}.part`, parcel.bytes, { mode: 0o600 })
      } catch {
        return { outcome: 'unreached', detail: 'the file cannot be written' }
      }
      if (!(await mayHandOver())) return { outcome: 'stopped' }
      await rename(`${file}.part`, file)
      return { outcome: 'accepted', response: `250 written to ${parcel.id}.eml` }
    },
    close: () => undefined,
  }
}
