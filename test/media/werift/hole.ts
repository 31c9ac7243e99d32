/** `node hole.ts NAME PATCH`: tries one hole in a process that lacks one patch, and prints `open` or `closed`. */

import { installHardening } from '../../../src/media/werift/harden.ts'
import type { PatchName } from '../../../src/media/werift/harden.ts'
import { packetHoles } from './holes-packets.ts'

/** Long enough for a machine under load to show what works, short for what is not to come. */
const PATIENCE_MS = 2000

const [name = '', patch = ''] = process.argv.slice(2)
installHardening({ except: patch as PatchName })
const isOpen = await packetHoles[name]!.isOpen(PATIENCE_MS)
process.stdout.write(isOpen ? 'open' : 'closed', () => process.exit(0))
