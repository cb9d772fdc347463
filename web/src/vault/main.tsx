import { FIRST_SETUP_PREFIX } from '@claviger/contract/first-setup.ts'
import { createRootRoute, createRoute, createRouter, RouterProvider, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { AcceptLinkPage } from '../sign-in/accept-link-page.tsx'
import { FirstSetupPage } from '../sign-in/first-setup-page.tsx'
import { SignInPage } from '../sign-in/sign-in-page.tsx'
import { show } from '../ui/root.tsx'
import { pageAfterSignIn } from '../ui/sign-in-again.ts'
import { HomePage } from './home-page.tsx'

const root = createRootRoute()

function Accept() {
  const navigate = useNavigate()
  return <AcceptLinkPage onDone={(purpose) => (purpose === 'setup' ? window.location.assign('/console') : navigate({ to: '/' }))} />
}

/** A set-up link, or the one of a server that has no enterprise yet, which leads to the other. */
function SetUp() {
  const [token, setToken] = useState(() => window.location.hash.slice(1))
  if (!token.startsWith(FIRST_SETUP_PREFIX)) return <Accept />
  const goOn = (setupToken: string) => {
    window.location.replace(`#${setupToken}`)
    setToken(setupToken)
  }
  return <FirstSetupPage token={token} onMade={goOn} />
}

function SignIn() {
  const navigate = useNavigate()
  const then = pageAfterSignIn()
  return <SignInPage onDone={() => (then === '/' ? navigate({ to: '/' }) : window.location.assign(then))} />
}

const router = createRouter({
  routeTree: root.addChildren([
    createRoute({ getParentRoute: () => root, path: '/', component: HomePage }),
    createRoute({ getParentRoute: () => root, path: '/setup', component: SetUp }),
    createRoute({ getParentRoute: () => root, path: '/invite', component: Accept }),
    createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignIn }),
  ]),
})

show(<RouterProvider router={router} />)
