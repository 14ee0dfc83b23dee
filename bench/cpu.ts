/** CPU time of processes and of the whole machine, from the kernel's counters (Linux). */
import { readdirSync, readFileSync } from 'node:fs'
import os from 'node:os'

/** Kernel ticks per second; fixed on every Linux that Node runs on. */
const TICKS = 100

const micros = (...fields: (string | undefined)[]) =>
  (fields.reduce((sum, field) => sum + Number(field), 0) / TICKS) * 1e6

function statOf(pid: number): { ppid: number; microseconds: number; ended: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return {
      ppid: Number(fields[1]),
      microseconds: micros(fields[11], fields[12]),
      ended: micros(fields[13], fields[14]),
    }
  } catch {
    return undefined
  }
}

/** CPU microseconds of one process so far. */
export function cpuOf(pid: number): number {
  return statOf(pid)?.microseconds ?? 0
}

/** CPU microseconds of a process and its children so far, those that have ended too. */
export function cpuOfFamily(pid: number): number {
  let sum = cpuOf(pid) + (statOf(pid)?.ended ?? 0)
  for (const name of readdirSync('/proc')) {
    const child = /^\d+$/.test(name) ? statOf(Number(name)) : undefined
    if (child?.ppid === pid) sum += child.microseconds
  }
  return sum
}

/** CPU microseconds of everything on the machine so far. */
export function cpuOfMachine(): number {
  return os.cpus().reduce((sum, { times }) => sum + (times.user + times.nice + times.sys + times.irq) * 1000, 0)
}

/** Resident memory of a process in MiB. */
export function memoryOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
