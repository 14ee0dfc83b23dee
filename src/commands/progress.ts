/** A progress bar for people, and a line now and then for files: nothing else is ever written over. */

export interface Progress {
  /** Says how much is done. */
  show(done: number): void
  /** Ends the bar's line. */
  end(): void
}

const WIDTH = 30
const REDRAW_MS = 100
/** Without a terminal there is one line for each such part. */
const PARTS = 4

/** Progress towards `total` of something, on standard error. */
export function showProgress(what: string, total: number, out: NodeJS.WriteStream = process.stderr): Progress {
  const began = performance.now()
  let drawnAt = Number.NEGATIVE_INFINITY
  let part = 0
  const describe = (done: number) => {
    const rate = done / Math.max(0.001, (performance.now() - began) / 1000)
    const left = rate === 0 ? '' : `, ${Math.ceil((total - done) / rate)} s left`
    return `${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${what}, ${Math.round(rate).toLocaleString('en')}/s${left}`
  }
  const draw = (done: number) => {
    const filled = Math.round((done / Math.max(1, total)) * WIDTH)
    out.write(`\r\u001b[K[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${describe(done)}`)
  }
  return {
    show: (done) => {
      if (out.isTTY) {
        if (done < total && performance.now() - drawnAt < REDRAW_MS) return
        drawnAt = performance.now()
        draw(done)
      } else if (Math.floor((done / total) * PARTS) > part) {
        part = Math.floor((done / total) * PARTS)
        out.write(`${describe(done)}\n`)
      }
    },
    end: () => {
      if (out.isTTY) out.write('\n')
    },
  }
}
