import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import type { InlineConfig } from 'vite'
import { themeCss } from './theme-css.ts'

/** How the two applications are built: one entry each, hashed names, no inline script or style, which the server's policy refuses. */
export function webConfig(outDir: string): InlineConfig {
  const root = import.meta.dirname
  return {
    root,
    configFile: false,
    envDir: false,
    logLevel: 'warn',
    plugins: [react(), themeCss()],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      // The first with light-dark(): what stands in its place for older ones takes no part in the theme’s colour scheme.
      cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: { input: { vault: join(root, 'index.html'), console: join(root, 'console.html') } },
    },
    worker: { format: 'es' },
  }
}
