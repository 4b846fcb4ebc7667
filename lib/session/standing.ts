/**
 * What a session knows from its opening on.
 *
 * @module
 */
import type { CommandContext } from "../dialogue/command.ts";
import type { SessionProtocol } from "../dialogue/protocol.ts";
import type { Compose } from "../mime/composer.ts";
import type { TlsSettings } from "../tls_settings.ts";
import type { Extensions } from "../wire/extension.ts";

/** What the caller wants of a session, when it is open, and how the server was verified. */
export interface Terms {
  readonly pipelining: boolean;
  readonly chunking: boolean;
  readonly compose: Compose;
  /** The name given in EHLO. */
  readonly clientName: string;
  readonly protocol?: SessionProtocol | undefined;
  /** As TLS is, or would be, done; `undefined` where that is not known. */
  readonly tlsSettings?: TlsSettings;
}

/** What is known of the session and its server; the extensions may be renewed. */
export interface Standing extends CommandContext {
  readonly greeting: string;
  extensions: Extensions;
}
