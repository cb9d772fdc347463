import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { version } from '../version.ts'
import { escapeHtml, type Page, pageStyle, renderPage } from './page.ts'
import { answerError } from './refusal.ts'

/** The pages that need no screens of the Web Vault: what runs here, how to set it up, and what a link that leads nowhere shows. */
export function pageRoutes(app: FastifyInstance, publicUrl: string) {
  app.get('/page.css', async (_, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=300').send(pageStyle),
  )
  app.get('/', async (_, reply) => sendPage(reply, 200, homePage(publicUrl)))
  app.get('/setup', async (_, reply) => sendPage(reply, 200, setupPage(publicUrl)))
  app.get('/invite', async (_, reply) => sendPage(reply, 200, invitePage(publicUrl)))
}

/** Answers an address that does not exist: a page for a browser, an error body for anything else. */
export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (request.headers.accept?.includes('text/html')) return sendPage(reply, 404, notFoundPage)
  return answerError(new AppError('not_found', 'there is nothing at this address'), request, reply)
}

function sendPage(reply: FastifyReply, status: number, page: Page) {
  return reply.code(status).type('text/html; charset=utf-8').header('cache-control', 'no-store').send(renderPage(page))
}

function homePage(publicUrl: string): Page {
  return {
    title: 'Claviger',
    content: `<h1>This vault is running</h1>
<p class="quiet">Claviger ${escapeHtml(version)}, reached as <code>${escapeHtml(publicUrl)}</code>. Its people and teams come from your company&rsquo;s directory.</p>
<p>To connect a directory, run these on the machine that the server runs on.</p>
${steps(publicUrl)}`,
  }
}

function setupPage(publicUrl: string): Page {
  return {
    title: 'Set up Claviger',
    content: `<h1>Set up</h1>
<p>Four commands, on the machine that the server runs on, take you from an empty store to a directory that provisions people and teams. They may run beside the server.</p>
${steps(publicUrl)}
<p>If a set-up link brought you here, you are the first administrator. Accept it on your own computer, with the whole link in quotes: this makes the keys of the enterprise and yours there, and nowhere else.</p>
${command(`npx claviger setup --url "${publicUrl}/setup#…" --password-stdin --profile DIR`)}
<p class="quiet">DIR is a folder of yours that does not exist yet: the keys of this device are kept in it. The password is read from standard input; the command prints your recovery code, this one time.</p>`,
  }
}

function steps(publicUrl: string) {
  const base = escapeHtml(`${publicUrl}/scim/v2/NODE`)
  return `<ol class="steps">
<li><h2>Make the enterprise</h2><p>It comes with a root node and its first administrator.</p>
${command('npx claviger init --enterprise "Example Ltd" --admin you@example.com')}</li>
<li><h2>Add a node</h2><p>The place in your enterprise that the directory fills with users and teams. It prints the node&rsquo;s id.</p>
${command('npx claviger node add --name "Staff"')}</li>
<li><h2>Add a provisioning method</h2><p>It prints the two values that the directory asks for: the base URL, <code>${base}</code>, and the token, which is shown this one time.</p>
${command('npx claviger method add --node NODE')}</li>
<li><h2>Connect the directory, or try it without one</h2><p>Paste both into Okta, Entra ID or another directory; or let the simulator speak as Okta does.</p>
${command(`npx claviger okta test --url ${publicUrl}/scim/v2/NODE --token TOKEN`)}</li>
</ol>`
}

function command(text: string) {
  return `<pre><code>${escapeHtml(text)}</code></pre>`
}

function invitePage(publicUrl: string): Page {
  return {
    title: 'Your invitation',
    content: `<h1>You have been invited</h1>
<p>Accept the invitation on the computer that you work on: this makes your keys there, and nowhere else. Give the whole link that brought you here, in quotes; the password is read from standard input.</p>
${command(`npx claviger register --invitation "${publicUrl}/invite#…" --password-stdin --profile DIR`)}
<p class="quiet">DIR is a folder of yours that does not exist yet: the keys of this device are kept in it. The command prints your recovery code, this one time.</p>`,
  }
}

const notFoundPage: Page = {
  title: 'Nothing here',
  content: `<h1>Nothing at this address</h1>
<p>The link may be incomplete: mail programs sometimes break a long one over two lines. Open it again from where you got it, or <a href="/">start here</a>.</p>`,
}
