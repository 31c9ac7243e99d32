/**
 * The supernodes seen last, kept on disk, so that a node finds its way back without a bootstrap list (Skype's host
 * cache held 200 as well).
 */

import { readFileSync, statSync } from 'node:fs'
import { writeFileAtomic } from '../lib/atomic-file.ts'
import { checkAddress } from './addresses.ts'

const PEERS_MAX = 200
const FILE_BYTES_MAX = 256 * 1024
const ADDRESS_CHARACTERS_MAX = 256

export class PeerCache {
  readonly #path: string | undefined
  #addresses: string[]

  /** Without a path it lives in memory. What cannot be read counts as empty: it is a cache. */
  constructor(path: string | undefined) {
    this.#path = path
    this.#addresses = path === undefined ? [] : read(path)
  }

  /** Multiaddrs ending in /p2p/<id>, last seen first. */
  get addresses(): readonly string[] {
    return this.#addresses
  }

  /** Puts these in front. */
  saw(addresses: string[]): void {
    this.#addresses = [...new Set([...addresses, ...this.#addresses])].slice(0, PEERS_MAX)
  }

  /** A full disk must not take the node down: the cache is then as old as it was. */
  save(): void {
    if (this.#path === undefined || this.#addresses.length === 0) return
    try {
      writeFileAtomic(this.#path, `${JSON.stringify({ v: 1, addresses: this.#addresses }, undefined, 1)}\n`)
    } catch {}
  }
}

function read(path: string): string[] {
  try {
    if (statSync(path).size > FILE_BYTES_MAX) return []
    const content = JSON.parse(readFileSync(path, 'utf8')) as { addresses?: unknown }
    const list = Array.isArray(content.addresses) ? content.addresses : []
    return list.filter((address) => isAddress(address)).slice(0, PEERS_MAX)
  } catch {
    return []
  }
}

function isAddress(address: unknown): address is string {
  if (typeof address !== 'string' || address.length > ADDRESS_CHARACTERS_MAX || !address.includes('/p2p/')) return false
  try {
    checkAddress(address)
    return true
  } catch {
    return false
  }
}
