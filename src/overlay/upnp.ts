/**
 * Opening ports by UPnP: finding the Internet Gateway Device (SSDP, UPnP Device Architecture 2.0 §1), then three actions
 * of its WANIPConnection or WANPPPConnection service, versions 1 and 2. Nobody but the gateway is believed or talked to:
 * an answer from elsewhere, or one that points elsewhere, could make us send to any host in the network.
 */

import { createSocket } from 'node:dgram'
import { request } from 'node:http'
import { isIP } from 'node:net'
import type { MappedTransport } from './nat-pmp.ts'

const SSDP_HOST = '239.255.255.250'
const SSDP_PORT = 1900
const DEVICES = [
  'urn:schemas-upnp-org:device:InternetGatewayDevice:1',
  'urn:schemas-upnp-org:device:InternetGatewayDevice:2',
]
const SERVICE = /^urn:schemas-upnp-org:service:WAN(?:IP|PPP)Connection:[12]$/
const SEARCH_MS_MAX = 2_500
const SEARCH_AGAIN_MS = 800
const HTTP_MS_MAX = 3_000
const BODY_BYTES_MAX = 64 * 1024
const DESCRIPTION = 'tincan'

export const UPNP_ERROR = { conflict: 718, onlyPermanent: 725 } as const

/** Where the actions are carried out. */
export interface UpnpService {
  control: URL
  type: string
}

export interface UpnpMapping {
  transport: MappedTransport
  internalHost: string
  internalPort: number
  externalPort: number
  /** 0 for ever, as some routers insist on. */
  leaseSeconds: number
}

export interface SearchOptions {
  /** Where to search, besides the gateway itself; for tests. */
  ssdp?: { host: string; port: number } | undefined
  signal: AbortSignal
}

/** The gateway's service, or undefined when it offers none. Never rejects. */
export async function findUpnp(gateway: string, options: SearchOptions): Promise<UpnpService | undefined> {
  const location = await searchGateway(gateway, options)
  if (location === undefined) return undefined
  const description = await ask(location, { signal: options.signal }).catch(() => undefined)
  return description && serviceOf(description.body, location)
}

/** Undefined when it cannot be told. Never rejects. */
export async function upnpExternalHost(service: UpnpService, signal: AbortSignal): Promise<string | undefined> {
  const answer = await act(service, 'GetExternalIPAddress', [], signal).catch(() => undefined)
  const host = answer === undefined || typeof answer === 'number' ? undefined : textOf(answer, 'NewExternalIPAddress')
  return host !== undefined && isIP(host) === 4 ? host : undefined
}

/** 0 when it is done, otherwise the router's error code. Rejects when it does not answer. */
export async function upnpMap(service: UpnpService, mapping: UpnpMapping, signal: AbortSignal): Promise<number> {
  const answer = await act(
    service,
    'AddPortMapping',
    [
      ['NewRemoteHost', ''],
      ['NewExternalPort', mapping.externalPort],
      ['NewProtocol', mapping.transport.toUpperCase()],
      ['NewInternalPort', mapping.internalPort],
      ['NewInternalClient', mapping.internalHost],
      ['NewEnabled', 1],
      ['NewPortMappingDescription', DESCRIPTION],
      ['NewLeaseDuration', mapping.leaseSeconds],
    ],
    signal,
  )
  return typeof answer === 'number' ? answer : 0
}

/** Rejects when the router does not answer. */
export async function upnpUnmap(
  service: UpnpService,
  transport: MappedTransport,
  externalPort: number,
  signal: AbortSignal,
): Promise<void> {
  const words: Words = [
    ['NewRemoteHost', ''],
    ['NewExternalPort', externalPort],
    ['NewProtocol', transport.toUpperCase()],
  ]
  await act(service, 'DeletePortMapping', words, signal)
}

/** What an SSDP answer points to, if it is the gateway's own. Exported for its test. */
export function locationOf(answer: string, gateway: string): URL | undefined {
  const isDevice = DEVICES.some((device) => answer.includes(device))
  const text = /^location:\s*(\S+)\s*$/im.exec(answer)?.[1]
  if (!/^HTTP\/1\.[01] 200\b/.test(answer) || !isDevice || text === undefined) return undefined
  return onlyAt(gateway, text)
}

/** The first service of a device description that maps ports. Exported for its test. */
export function serviceOf(description: string, location: URL): UpnpService | undefined {
  const base = textOf(description, 'URLBase')
  for (const before of description.split('</service>')) {
    const service = before.slice(before.lastIndexOf('<service>'))
    const type = textOf(service, 'serviceType') ?? ''
    const control = textOf(service, 'controlURL')
    if (!SERVICE.test(type) || control === undefined) continue
    const url = onlyAt(location.hostname, control, onlyAt(location.hostname, base ?? '') ?? location)
    if (url !== undefined) return { control: url, type }
  }
  return undefined
}

function onlyAt(host: string, text: string, base?: URL): URL | undefined {
  if (!URL.canParse(text, base?.href)) return undefined
  const url = new URL(text, base)
  return url.protocol === 'http:' && url.hostname === host && url.username === '' ? url : undefined
}

async function searchGateway(gateway: string, { ssdp, signal }: SearchOptions): Promise<URL | undefined> {
  const socket = createSocket('udp4')
  const { promise, resolve } = Promise.withResolvers<URL | undefined>()
  const give = (): void => resolve(undefined)
  socket.on('error', give)
  socket.on('message', (data, { address }) => {
    const location = address === gateway ? locationOf(data.toString('latin1'), gateway) : undefined
    if (location !== undefined) resolve(location)
  })
  signal.addEventListener('abort', give, { once: true })
  const places =
    ssdp === undefined
      ? [
          { host: SSDP_HOST, port: SSDP_PORT },
          { host: gateway, port: SSDP_PORT },
        ]
      : [ssdp]
  const search = (): void => {
    for (const { host, port } of places) {
      for (const device of DEVICES) {
        const question = `M-SEARCH * HTTP/1.1\r\nHOST: ${SSDP_HOST}:${SSDP_PORT}\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ${device}\r\n\r\n`
        socket.send(question, port, host, () => {})
      }
    }
  }
  socket.bind(0, search)
  const again = setTimeout(search, SEARCH_AGAIN_MS)
  const late = setTimeout(give, SEARCH_MS_MAX)
  const location = await promise
  clearTimeout(again)
  clearTimeout(late)
  signal.removeEventListener('abort', give)
  socket.close()
  return location
}

type Words = [name: string, value: string | number][]

/** The answer, or the router's error code. */
async function act(service: UpnpService, action: string, words: Words, signal: AbortSignal): Promise<string | number> {
  const { control, type } = service
  const body = `<?xml version="1.0"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><u:${action} xmlns:u="${type}">${words.map(([name, value]) => `<${name}>${value}</${name}>`).join('')}</u:${action}></s:Body></s:Envelope>`
  const answer = await ask(control, { body, soapAction: `"${type}#${action}"`, signal })
  if (answer.status === 200) return answer.body
  return Number(textOf(answer.body, 'errorCode') ?? answer.status)
}

interface Asked {
  body?: string
  soapAction?: string
  signal: AbortSignal
}

/** A GET, or a POST of a SOAP action. Follows no redirection. Rejects when nothing, or too much, comes back. */
function ask(url: URL, { body, soapAction, signal }: Asked): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>()
  const headers =
    body === undefined ? {} : { 'Content-Type': 'text/xml; charset="utf-8"', SOAPAction: soapAction ?? '' }
  const question = request(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, 'Content-Length': Buffer.byteLength(body ?? ''), Connection: 'close' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(HTTP_MS_MAX)]),
  })
  question.on('error', reject)
  question.on('response', (response) => {
    let text = ''
    response.setEncoding('utf8').on('data', (more: string) => {
      text += more
      if (text.length > BODY_BYTES_MAX) question.destroy(new Error('too much'))
    })
    response.on('error', reject)
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
  })
  question.end(body)
  return promise
}

/** The text of the first element of that name, whatever its namespace is called here. */
const textOf = (xml: string, name: string): string | undefined =>
  // in linear time: a hostile router chooses the text
  new RegExp(`<(?:\\w+:)?${name}(?:\\s[^<>]*)?>([^<]*)</`).exec(xml)?.[1]?.trim()
