import { performance } from 'node:perf_hooks'
import { demand, Wire } from './wire.ts'

/** Milliseconds between probes. */
const EVERY = 20

/**
 * Sends a request every 20 ms while `work` runs, whether or not those before it have been answered: a client that waits for
 * its answer would ask a blocked server once, and call the one long wait a rarity. Latency counts from when a probe was due.
 * @returns the milliseconds of each probe
 */
export async function probedWhile(port: number, request: string, work: () => Promise<unknown>): Promise<number[]> {
  const idle: Wire[] = []
  const under = new Set<Promise<void>>()
  const latencies: number[] = []
  const began = performance.now()
  let due = 0
  const probe = async (at: number) => {
    const wire = idle.pop() ?? (await Wire.to(port))
    await demand(wire, request)
    latencies.push(performance.now() - began - at)
    idle.push(wire)
  }
  const timer = setInterval(() => {
    for (; due <= performance.now() - began; due += EVERY) {
      const probing = probe(due).finally(() => under.delete(probing))
      under.add(probing)
    }
  }, 5)
  try {
    await work()
  } finally {
    clearInterval(timer)
    await Promise.all(under)
    for (const wire of idle) wire.close()
  }
  return latencies
}
