#!/usr/bin/env node
/**
 * Starts the command line. Plain old JavaScript, so that an old Node can read it and say what is missing: tincan
 * needs Node 22.18. In a checkout, `npm ci` has brought a Node that will do, and the sources run as they are.
 */

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const [major, minor] = process.versions.node.split('.').map(Number)
const isNewEnough = major > 22 || (major === 22 && minor >= 18)
const isCheckout = existsSync(path('../src/cli.ts'))
const ownNode = path('../node_modules/node/bin/node')

if (isNewEnough) {
  await import(isCheckout ? '../src/cli.ts' : '../dist/cli.js')
} else if (isCheckout && existsSync(ownNode)) {
  const child = spawn(ownNode, [path('../src/cli.ts'), ...process.argv.slice(2)], { stdio: 'inherit' })
  // Ctrl-C at a terminal reaches the child by itself; what is sent to us alone is passed on.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => process.exit(code === null ? 128 + (signal === 'SIGINT' ? 2 : 15) : code))
} else {
  console.error(
    'tincan needs Node 22.18 or newer, and this is ' +
      process.versions.node +
      '.\nInstall Node 24 from https://nodejs.org (or `nvm install 24`), then try again.',
  )
  process.exit(1)
}
