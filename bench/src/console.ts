import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { openChromium } from './chromium.ts'
import { median, medianRatio, type Row } from './figures.ts'
import { startFilled } from './filled-store.ts'
import { setupToken } from './setup-token.ts'
import type { Topic } from './topic.ts'
import { say, type Workshop } from './workshop.ts'

const USERS = 100_000
const PASSWORD = 'terrapin vukeluwa 47 obibu'
const SCROLL_SECONDS = 3
/** Of each frame: some 70 rows a second at 60 frames. */
const PIXELS = 60
const KILOBYTE = 1024

/** What an administrator's browser loads, how long it takes, and how smoothly it scrolls through a large list of users. */
export const adminConsole: Topic = async ({ workshop, sizes: { rounds } }) => {
  const context = await openChromium(workshop)
  execFileSync(process.execPath, [join(import.meta.dirname, '..', '..', 'web', 'build.ts')], { stdio: ['ignore', 2, 2] })
  const origin = await setUpConsole(workshop, context)
  const loads: FirstLoad[] = []
  for (let round = 0; round < rounds; round++) loads.push(await firstLoad(context, `${origin}/console`))
  const scrolls: { ours: number; floor: number }[] = []
  for (let round = 0; round < rounds; round++) scrolls.push(await scrollBoth(context, `${origin}/console/users`))
  const bytes = median(loads.map((load) => load.scriptBytes))
  return [
    {
      name: 'console-script',
      what: 'JavaScript of the first load of /console, compressed, with its Worker',
      figure: { value: bytes / KILOBYTE, unit: 'KB' },
      reach: { atMost: 350 },
      note: `${loads[0]?.scripts} scripts`,
    },
    {
      name: 'console-interactive',
      what: 'from asking for /console, nothing cached, to an overview that answers, on loopback',
      figure: { value: median(loads.map(({ millis }) => millis)), unit: 'ms' },
    },
    {
      name: 'console-scroll',
      what: `scrolling through ${USERS.toLocaleString('en-GB')} users, against a bare page of the same elements`,
      figure: { value: median(scrolls.map(({ ours }) => ours)), unit: 'frames/s' },
      floor: { value: median(scrolls.map(({ floor }) => floor)), unit: 'frames/s' },
      ratio: medianRatio(scrolls),
      reach: { atLeast: 0.8 },
    },
  ] satisfies Row[]
}

/** Sets up in the browser, as the first administrator of a store that is full already. @returns the server's origin */
async function setUpConsole(workshop: Workshop, context: BrowserContext): Promise<string> {
  const { location, port } = await startFilled(workshop, USERS)
  const origin = `http://127.0.0.1:${port}`
  const page = await context.newPage()
  await page.goto(`${origin}/setup#${await setupToken(location)}`)
  await page
    .getByLabel(/^Password/)
    .first()
    .fill(PASSWORD)
  await page.getByText('Strong enough.').waitFor()
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByLabel('I have put the code where only I can find it').check()
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.waitForURL('**/console')
  await page.close()
  say('console: set up')
  return origin
}

interface FirstLoad {
  /** Bodies as they came over the wire. */
  readonly scriptBytes: number
  readonly scripts: number
  /** From the beginning of the navigation. */
  readonly millis: number
}

async function firstLoad(context: BrowserContext, address: string): Promise<FirstLoad> {
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  const scripts = new Map<string, Promise<number>>()
  page.on('requestfinished', (request) => {
    const url = request.url()
    if (new URL(url).pathname.endsWith('.js')) scripts.set(url, compressedLength(url))
  })
  await page.goto(address, { waitUntil: 'commit' })
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.waitForFunction("document.querySelector('nav a') !== null")
  // The next free moment of the page's own thread.
  const millis = Number(await page.evaluate('new Promise((done) => requestIdleCallback(() => done(performance.now())))'))
  await page.waitForLoadState('networkidle').catch(() => {})
  if (![...scripts.keys()].some((url) => url.includes('worker'))) throw new Error('the Worker’s script is not among what was loaded')
  const lengths = await Promise.all(scripts.values())
  await page.close()
  return { scriptBytes: lengths.reduce((sum, length) => sum + length, 0), scripts: scripts.size, millis }
}

/** What the server sends of a script to who takes Brotli, as browsers do. */
async function compressedLength(url: string): Promise<number> {
  const response = await fetch(url, { headers: { 'accept-encoding': 'br' } })
  const length = Number(response.headers.get('content-length'))
  await response.body?.cancel()
  if (response.headers.get('content-encoding') !== 'br' || !(length > 0)) throw new Error(`${url} is not sent compressed`)
  return length
}

/** Frames a second: of the list, and of a page that holds the same elements and nothing that moves them. */
async function scrollBoth(context: BrowserContext, address: string): Promise<{ ours: number; floor: number }> {
  const page = await context.newPage()
  await page.goto(address)
  await page.getByText('Showing 200 of').waitFor()
  const html = String(await page.evaluate(BARE))
  const ours = await framesOf(page)
  await page.close()
  const bare = await context.newPage()
  await bare.route(address, (route) => route.fulfill({ contentType: 'text/html', body: html }))
  await bare.goto(address)
  await bare.getByText('Showing 200 of').waitFor()
  const floor = await framesOf(bare)
  await bare.close()
  return { ours, floor }
}

/** The page as it stands, without scripts, its style sheets named in full. */
const BARE = `(() => {
  const copy = document.documentElement.cloneNode(true)
  for (const script of copy.querySelectorAll('script, link[rel=modulepreload]')) script.remove()
  for (const link of copy.querySelectorAll('link')) link.setAttribute('href', new URL(link.getAttribute('href'), location.href).href)
  return copy.outerHTML
})()`

async function framesOf(page: Page): Promise<number> {
  const frames = await page.evaluate(`new Promise((done) => {
    const begin = performance.now()
    let frames = 0
    const step = (now) => {
      frames++
      window.scrollBy(0, ${PIXELS})
      if (now - begin < ${SCROLL_SECONDS * 1000}) requestAnimationFrame(step)
      else done(frames / ((now - begin) / 1000))
    }
    requestAnimationFrame(step)
  })`)
  if (Number(await page.evaluate('window.scrollY')) === 0) throw new Error('the page did not scroll')
  return Number(frames)
}
