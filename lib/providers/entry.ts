/**
 * What is told of a provider.
 *
 * @module
 */

/** What a provider allows, as far as it is published and sure; what is absent is not known, or hangs on the account. */
export interface ProviderLimits {
  /** Octets of a message as it is sent, its attachments in base64. */
  readonly messageSize?: number;
  /** Recipients of one message. */
  readonly recipientsPerMessage?: number;
  /** Messages of one account in 24 hours. */
  readonly messagesPerDay?: number;
  /** Recipients of all messages of one account in 24 hours. */
  readonly recipientsPerDay?: number;
  /** Messages in a minute. */
  readonly messagesPerMinute?: number;
  /** Connections of one account at the same time. */
  readonly connections?: number;
}

/** A mail provider. */
export interface Provider {
  /** As it calls itself. */
  readonly title: string;
  /** `{region}` stands for the region, where there is a host for each. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** TLS from the first octet, or after STARTTLS. */
  readonly tls: "implicit" | "starttls";
  /** What to log on with, in a sentence. */
  readonly auth: string;
  /** What the provider lets an account send. */
  readonly limits: ProviderLimits;
  /** The document of the provider's that host, port and limits are from, by its name. */
  readonly source: string;
  /** Year in which that was known to hold. Providers change what they allow: look it up before relying on it. */
  readonly asOf: number;
}
