/**
 * TLS by `node:tls` over a connection that is open already, whoever made it.
 *
 * @module
 */
import type { Duplex } from "node:stream";
import type { TlsSettings } from "../tls_settings.ts";
import { NodeConnection } from "./node_connection.ts";
import { exporterOf } from "./node_exporter.ts";
import { planNodeTls } from "./node_tls.ts";
import { type OctetPipe, streamOver } from "./octet_stream.ts";
import type { Connection, TlsLayer } from "./runtime.ts";
import type { TlsAbilities } from "./tls_abilities.ts";

/** Whom TLS is for, and by what. */
export interface NodeTlsLayerOptions {
  readonly host: string;
  readonly port: number;
  readonly abilities: TlsAbilities;
}

/** As {@link TlsLayer}, over whatever carries octets. */
export interface NodeTlsLayer {
  secure(connection: OctetPipe, options: Parameters<TlsLayer["secure"]>[1]): Promise<Connection>;
}

/** Prepares TLS as `Runtime.prepareTls` says; over one of Node's sockets it takes that, over anything else a stream. */
export async function nodeTlsLayer(settings: TlsSettings, options: NodeTlsLayerOptions): Promise<NodeTlsLayer> {
  const { host, port } = options;
  const plan = await planNodeTls(settings, options);
  return {
    async secure(connection, { upgrade, signal }) {
      const attempt = { host, port, upgrade };
      const handshake = (
        socket: Duplex,
        about: { readonly signal: AbortSignal | undefined; readonly brake?: (on: boolean) => void },
      ): Promise<Connection> =>
        plan.handshake(socket, {
          upgrade,
          signal: about.signal,
          adopt: (socket, tls) =>
            new NodeConnection(socket, {
              target: attempt,
              tls,
              exportKeyingMaterial: exporterOf(socket, attempt),
              peer: { host, port },
              ...(about.brake && { brake: about.brake }),
            }),
        });
      if (connection instanceof NodeConnection) {
        return await connection.handOver((socket, signal) => handshake(socket, { signal }), { attempt, signal });
      }
      const { stream, brake } = await streamOver(connection);
      return await handshake(stream, { signal, brake });
    },
  };
}
