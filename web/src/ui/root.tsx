import '@claviger/client/without-eval.ts'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import 'virtual:theme.css'
import './page.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { theme } from './theme.ts'

/** What failed is shown with what to do, and tried again by the person: a wrong password must not be sent twice. */
const queries = new QueryClient({ defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false } } })

/** Shows an application. The theme's variables come from a style sheet, because the page's policy refuses style elements. */
export function show(application: ReactNode): void {
  const place = document.getElementById('app')
  if (place === null) throw new Error('the page has no place for the application')
  createRoot(place).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
        <QueryClientProvider client={queries}>
          <Notifications position="bottom-right" />
          {application}
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )
}
