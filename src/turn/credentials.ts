/**
 * Who may use a relay: long-term credentials (RFC 8489 §9.2) that say themselves whom they are for and until when, in
 * the manner of the TURN REST draft, so that the server keeps no list; and nonces that it recognises as its own.
 */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** A nonce handed out by RPC, or with a 401, is good for this long; then comes a 438 with another. */
export const NONCE_MS = 30 * 60_000
const NONCE_TIME_BYTES = 6
const NONCE_MAC_BYTES = 12
const TAG = /^[\w-]{1,64}$/

export interface CredentialsRequest {
  /** One call, for both its ends a different device. Letters, digits, `-` and `_`, up to 64. */
  callTag: string
  deviceTag: string
  /** Unix time; no allocation is made with them from then on. */
  expiresMs: number
}

export interface Credentials {
  /** `<expiry in seconds>:<call>:<device>`. */
  username: string
  /** Base64 of HMAC-SHA256 over the username. */
  credential: string
}

/** Throws TypeError for tags that are none. */
export function makeCredentials(
  secret: Uint8Array,
  { callTag, deviceTag, expiresMs }: CredentialsRequest,
): Credentials {
  if (!TAG.test(callTag) || !TAG.test(deviceTag)) throw new TypeError('a tag is letters, digits, - and _')
  const username = `${Math.floor(expiresMs / 1000)}:${callTag}:${deviceTag}`
  return { username, credential: credentialOf(secret, username) }
}

const credentialOf = (secret: Uint8Array, username: string): string =>
  createHmac('sha256', secret).update('tincan turn credential\0').update(username).digest('base64')

/** RFC 8489 §9.2.2. */
export const longTermKey = (username: string, realm: string, credential: string): Buffer =>
  createHash('md5').update(`${username}:${realm}:${credential}`).digest()

/** The key that whoever holds the credentials of that username uses. */
export const keyOfUsername = (secret: Uint8Array, username: string, realm: string): Buffer =>
  longTermKey(username, realm, credentialOf(secret, username))

/** Undefined for what is no username of ours. It says nothing yet: the message must be authentic. */
export function readUsername(username: string): { expiresMs: number; deviceTag: string } | undefined {
  const [expiry = '', callTag = '', deviceTag = '', more] = username.split(':')
  if (more !== undefined || !/^\d{1,12}$/.test(expiry) || !TAG.test(callTag) || !TAG.test(deviceTag)) return undefined
  return { expiresMs: Number(expiry) * 1000, deviceTag }
}

/**
 * 24 characters: when it was made, and a MAC of that. `host`: for whoever is there alone, who so shows that it is.
 * Without one it is asked for over another address than it is used from.
 */
export function makeNonce(secret: Uint8Array, nowMs: number, host = ''): string {
  const nonce = Buffer.alloc(NONCE_TIME_BYTES + NONCE_MAC_BYTES)
  nonce.writeUIntBE(Math.floor(nowMs), 0, NONCE_TIME_BYTES)
  nonce.set(nonceMac(secret, nonce.subarray(0, NONCE_TIME_BYTES), host), NONCE_TIME_BYTES)
  return nonce.toString('base64url')
}

/** `hosts`: whom it may have been made for. */
export function isFreshNonce(
  secret: Uint8Array,
  text: string,
  nowMs: number,
  hosts: readonly string[] = [''],
): boolean {
  if (text.length !== 24) return false
  const nonce = Buffer.from(text, 'base64url')
  if (nonce.length !== NONCE_TIME_BYTES + NONCE_MAC_BYTES) return false
  const [time, mac] = [nonce.subarray(0, NONCE_TIME_BYTES), nonce.subarray(NONCE_TIME_BYTES)]
  if (!hosts.some((host) => timingSafeEqual(nonceMac(secret, time, host), mac))) return false
  return Math.abs(nowMs - time.readUIntBE(0, NONCE_TIME_BYTES)) < NONCE_MS
}

const nonceMac = (secret: Uint8Array, time: Uint8Array, host: string): Buffer =>
  createHmac('sha256', secret)
    .update('tincan turn nonce\0')
    .update(time)
    .update(host)
    .digest()
    .subarray(0, NONCE_MAC_BYTES)
