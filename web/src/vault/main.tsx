import { createRootRoute, createRoute, createRouter, RouterProvider, useNavigate } from '@tanstack/react-router'
import { AcceptLinkPage } from '../sign-in/accept-link-page.tsx'
import { SignInPage } from '../sign-in/sign-in-page.tsx'
import { show } from '../ui/root.tsx'
import { pageAfterSignIn } from '../ui/sign-in-again.ts'
import { HomePage } from './home-page.tsx'

const root = createRootRoute()

function Accept() {
  const navigate = useNavigate()
  return <AcceptLinkPage onDone={(purpose) => (purpose === 'setup' ? window.location.assign('/console') : navigate({ to: '/' }))} />
}

function SignIn() {
  const navigate = useNavigate()
  const then = pageAfterSignIn()
  return <SignInPage onDone={() => (then === '/' ? navigate({ to: '/' }) : window.location.assign(then))} />
}

const router = createRouter({
  routeTree: root.addChildren([
    createRoute({ getParentRoute: () => root, path: '/', component: HomePage }),
    createRoute({ getParentRoute: () => root, path: '/setup', component: Accept }),
    createRoute({ getParentRoute: () => root, path: '/invite', component: Accept }),
    createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignIn }),
  ]),
})

show(<RouterProvider router={router} />)
