import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core'
import type { Plugin } from 'vite'
import { theme } from './src/ui/theme.ts'

const NAME = 'virtual:theme.css'

/**
 * The theme's variables as a style sheet of ours. Mantine would write them into a style element at run time, which the content
 * security policy of the pages refuses.
 */
export function themeCss(): Plugin {
  return {
    name: 'theme-css',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load: (id) => (id === `\0${NAME}` ? variables() : null),
  }
}

function variables(): string {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme)
  return convertCssVariables(defaultCssVariablesResolver(merged), ':root')
}
