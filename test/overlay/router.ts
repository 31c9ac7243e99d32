/** A home router on loopback, of a few lines: it maps ports by PCP, by NAT-PMP or by UPnP, in its books only. */

import { createSocket, type Socket } from 'node:dgram'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RouterOptions {
  speaks: ('PCP' | 'NAT-PMP' | 'UPnP')[]
  externalHost?: string
  /** Gives these instead of what is wished for. */
  externalPort?: (wished: number) => number
  refuses?: boolean
  /** UPnP: leases for ever only; ports that are taken. */
  onlyPermanent?: boolean
  taken?: number[]
  /** UPnP: where its answer says that the description is. */
  location?: (own: string) => string
}

export class Router implements AsyncDisposable {
  /** As `tcp 4001` → outside port and lifetime. */
  readonly mappings = new Map<string, { externalPort: number; seconds: number }>()
  readonly heard: string[] = []
  pcpPort = 0
  ssdpPort = 0
  readonly #options: Required<RouterOptions>
  readonly #sockets: Socket[] = []
  #http: Server | undefined

  constructor(options: RouterOptions) {
    this.#options = {
      externalHost: '198.51.100.9',
      externalPort: (wished) => wished,
      refuses: false,
      onlyPermanent: false,
      taken: [],
      location: (own) => own,
      ...options,
    }
  }

  async start(): Promise<this> {
    this.pcpPort = await this.#listen((data, answer) => this.#binary(data, answer))
    if (!this.#options.speaks.includes('UPnP')) {
      this.ssdpPort = await this.#listen(() => {})
      return this
    }
    const http = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (more: string) => (body += more))
      request.on('end', () => {
        const { status, text } = this.#upnp(request.url ?? '', String(request.headers['soapaction'] ?? ''), body)
        response.writeHead(status, { 'Content-Type': 'text/xml' }).end(text)
      })
    })
    this.#http = http
    await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
    const own = `http://127.0.0.1:${(http.address() as AddressInfo).port}/rootDesc.xml`
    this.ssdpPort = await this.#listen((data, answer) => {
      const device = /^ST: (.*)\r$/m.exec(data.toString())?.[1] ?? ''
      if (!data.toString().startsWith('M-SEARCH * HTTP/1.1\r\n') || !device.endsWith(':1')) return
      answer(
        Buffer.from(
          `HTTP/1.1 200 OK\r\nST: ${device}\r\nLOCATION: ${this.#options.location(own)}\r\nUSN: uuid:1\r\n\r\n`,
        ),
      )
    })
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.close()
    this.#http?.closeAllConnections()
    await new Promise<void>((done) => (this.#http === undefined ? done() : this.#http.close(() => done())))
  }

  async #listen(act: (data: Buffer, answer: (data: Buffer) => void) => void): Promise<number> {
    const socket = createSocket('udp4')
    this.#sockets.push(socket)
    socket.on('message', (data, { address, port }) => act(data, (answer) => socket.send(answer, port, address)))
    await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done))
    return (socket.address() as AddressInfo).port
  }

  #map(transport: string, internalPort: number, wished: number, seconds: number): number {
    const externalPort = seconds === 0 ? wished : this.#options.externalPort(wished)
    if (seconds === 0) this.mappings.delete(`${transport} ${internalPort}`)
    else this.mappings.set(`${transport} ${internalPort}`, { externalPort, seconds })
    return externalPort
  }

  #binary(data: Buffer, answer: (data: Buffer) => void): void {
    const { speaks, refuses, externalHost } = this.#options
    const host = Buffer.from(externalHost.split('.').map(Number))
    if (data[0] === 2 && speaks.includes('PCP')) {
      this.heard.push('PCP')
      const reply = Buffer.from(data)
      reply[1] = 0x81
      reply[3] = refuses ? 2 : 0
      const transport = data[36] === 6 ? 'tcp' : 'udp'
      const [internalPort, wished, seconds] = [data.readUInt16BE(40), data.readUInt16BE(42), data.readUInt32BE(4)]
      if (!refuses) reply.writeUInt16BE(this.#map(transport, internalPort, wished, seconds), 42)
      reply.set([0xff, 0xff, ...host], 54)
      return answer(reply)
    }
    if (!speaks.includes('NAT-PMP')) return
    if (data[0] !== 0) return answer(Buffer.from([0, 0x80 | data[1]!, 0, 1, 0, 0, 0, 9])) // unsupported version
    this.heard.push('NAT-PMP')
    if (data[1] === 0) return answer(Buffer.from([0, 0x80, 0, 0, 0, 0, 0, 9, ...host]))
    const reply = Buffer.alloc(16)
    reply[1] = 0x80 | data[1]!
    reply[3] = refuses ? 2 : 0
    const [internalPort, wished, seconds] = [data.readUInt16BE(4), data.readUInt16BE(6), data.readUInt32BE(8)]
    reply.writeUInt16BE(internalPort, 8)
    if (!refuses) reply.writeUInt16BE(this.#map(data[1] === 2 ? 'tcp' : 'udp', internalPort, wished, seconds), 10)
    reply.writeUInt32BE(seconds, 12)
    return answer(reply)
  }

  #upnp(url: string, action: string, body: string): { status: number; text: string } {
    const word = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? ''
    const fault = (code: number) => ({
      status: 500,
      text: `<s:Envelope xmlns:s="x"><s:Body><s:Fault><detail><UPnPError xmlns="y"><errorCode>${code}</errorCode></UPnPError></detail></s:Fault></s:Body></s:Envelope>`,
    })
    const done = (text = '') => ({ status: 200, text: `<s:Envelope xmlns:s="x"><s:Body>${text}</s:Body></s:Envelope>` })
    this.heard.push(action === '' ? url : (action.split('#')[1] ?? '').replace('"', ''))
    if (url === '/rootDesc.xml') {
      const service = (type: string, control: string) =>
        `<service><serviceType>urn:schemas-upnp-org:service:${type}</serviceType><controlURL>${control}</controlURL></service>`
      return {
        status: 200,
        text: `<?xml version="1.0"?><root><device><serviceList>${service('Layer3Forwarding:1', '/other')}</serviceList><deviceList><device><serviceList>${service('WANIPConnection:1', '/control')}</serviceList></device></deviceList></device></root>`,
      }
    }
    if (url !== '/control') return { status: 404, text: '' }
    if (action.includes('#GetExternalIPAddress'))
      return done(`<u:R xmlns:u="z"><NewExternalIPAddress>${this.#options.externalHost}</NewExternalIPAddress></u:R>`)
    const transport = word('NewProtocol').toLowerCase()
    const externalPort = Number(word('NewExternalPort'))
    if (action.includes('#DeletePortMapping')) {
      for (const [key, mapping] of this.mappings)
        if (key.startsWith(transport) && mapping.externalPort === externalPort) this.mappings.delete(key)
      return done()
    }
    const seconds = Number(word('NewLeaseDuration'))
    if (this.#options.refuses) return fault(606)
    if (this.#options.taken.includes(externalPort)) return fault(718)
    if (this.#options.onlyPermanent && seconds !== 0) return fault(725)
    this.mappings.set(`${transport} ${word('NewInternalPort')}`, { externalPort, seconds })
    return done()
  }
}
