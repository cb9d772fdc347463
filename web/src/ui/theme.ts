import { createTheme, type MantineColorsTuple } from '@mantine/core'

/** From the lightest to the darkest. White text on the seventh and eighth, and they on white, have a contrast above 4.5. */
const pine: MantineColorsTuple = [
  '#e8f6f4',
  '#d3e9e6',
  '#a6d3cd',
  '#76bbb3',
  '#4fa79d',
  '#359a8f',
  '#0f6e66',
  '#0b5d57',
  '#074c47',
  '#033b37',
]

/** Mantine's, its darker half made darker: white text on the sixth and the seventh has a contrast above 4.5, and they on white. */
const red: MantineColorsTuple = [
  '#fff5f5',
  '#ffe3e3',
  '#ffc9c9',
  '#ffa8a8',
  '#ff8787',
  '#ff6b6b',
  '#d32f2f',
  '#c92a2a',
  '#b02525',
  '#961f1f',
]

export const theme = createTheme({
  primaryColor: 'pine',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.34,
  colors: { pine, red },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  headings: { fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  components: { Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } } },
})
