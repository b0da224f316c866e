import { createSocket, type RemoteInfo, type Socket as Datagrams } from "node:dgram";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { loopback } from "../storage/port-book";
import { answerPacket } from "./answer-packet";
import type { DeclaredRecords } from "./declared-records";
import type { ZoneName } from "./zone";

/** A connection that asks nothing for so long is closed (RFC 7766, 6.2.3). */
const idleMs = 10_000;
const lengthBytes = 2;

/**
 * Answers DNS questions for Traffic Manager's names and for records in declared zones, by datagram and
 * by connection, on one port of this machine.
 */
export class DnsResponder implements AsyncDisposable {
  private readonly datagrams: Datagrams;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly names: () => readonly ZoneName[],
    private readonly records: () => readonly DeclaredRecords[],
  ) {
    this.datagrams = createSocket("udp4", (message, from) => {
      this.onDatagram(message, from);
    });
    this.server = createServer((socket) => {
      this.onConnection(socket);
    });
  }

  /**
   * Opens both; 0 takes any port that both can have.
   *
   * @throws Error when the port is taken.
   */
  static async open(
    port: number,
    names: () => readonly ZoneName[],
    records: () => readonly DeclaredRecords[] = () => [],
  ): Promise<DnsResponder> {
    const responder = new DnsResponder(names, records);
    await new Promise<void>((resolve, reject) => {
      responder.server.once("error", reject);
      responder.server.listen(port, loopback, resolve);
    });
    try {
      await new Promise<void>((resolve, reject) => {
        responder.datagrams.once("error", reject);
        responder.datagrams.bind(responder.port, loopback, resolve);
      });
    } catch (error) {
      responder.server.close();
      throw error;
    }
    // A client that is gone by the time of its answer is no trouble of the others.
    responder.datagrams.on("error", () => undefined);
    return responder;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all([
      new Promise<void>((resolve) => {
        this.server.close(() => {
          resolve();
        });
      }),
      new Promise<void>((resolve) => {
        this.datagrams.close(resolve);
      }),
    ]);
  }

  private onDatagram(message: Buffer, { port, address }: RemoteInfo): void {
    const answer = answerPacket(message, this.names(), this.records());
    if (answer !== undefined) this.datagrams.send(answer, port, address);
  }

  /** Messages on a connection come with their length before them (RFC 1035, 4.2.2). */
  private onConnection(socket: Socket): void {
    this.sockets.add(socket);
    socket.once("close", () => this.sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.setTimeout(idleMs, () => socket.destroy());
    let pending = Buffer.alloc(0);
    socket.on("data", (part: Buffer) => {
      pending = Buffer.concat([pending, part]);
      while (pending.length >= lengthBytes) {
        const end = lengthBytes + pending.readUInt16BE(0);
        if (pending.length < end) return;
        const question = pending.subarray(lengthBytes, end);
        const answer = answerPacket(question, this.names(), this.records());
        pending = pending.subarray(end);
        if (answer === undefined) {
          socket.destroy();
          return;
        }
        const length = Buffer.alloc(lengthBytes);
        length.writeUInt16BE(answer.length);
        socket.write(Buffer.concat([length, answer]));
      }
    });
  }
}
