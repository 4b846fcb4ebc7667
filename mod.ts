/**
 * SMTP client: log on to a server over TLS, STARTTLS or TCP, send any number of messages, log off, and know exactly what
 * happened to each.
 *
 * - {@link send}: one message in one call
 * - {@link Session}: one connection, from logging on to logging off
 * - {@link SmtpClient}: logs on when there is something to send, and stays logged on
 * - `@posthaste/smtp/uniface`: the same with status codes
 *
 * @example
 * ```ts
 * import { AssignmentFile, Session } from "@posthaste/smtp";
 *
 * const profiles = await AssignmentFile.load("mail.asn");
 * await using session = await Session.open("TLS:smtp.myorg.com+465:smtp_profile", { profiles });
 * await session.send({ from: "ada@example.com", to: "bob@example.net", subject: "Hello", text: "Hi Bob" });
 * ```
 *
 * @module
 */
export {
  type AddressInput,
  type AddressList,
  type Group,
  type GroupInput,
  type Mailbox,
  type MailboxInput,
  type MailboxList,
  parseAddressList,
  parseMailbox,
  parseMailboxList,
} from "./lib/address/mailbox.ts";
export type { BulkProgress, OnBulkProgress } from "./lib/client/bulk_progress.ts";
export { SmtpClient } from "./lib/client/client.ts";
export type { ClientOptions, ClientTarget, HostOptions } from "./lib/client/client_options.ts";
export type { ClientReceipt } from "./lib/client/client_receipt.ts";
export type { Delivered, Delivery, Messages, SendAllOptions, Undelivered } from "./lib/client/delivery.ts";
export { fileLoader, type FileLoaderOptions } from "./lib/client/file_loader.ts";
export { fromFile, type FromFileOptions } from "./lib/client/from_file.ts";
export type { BackOffOptions, PoolOptions } from "./lib/client/pool_options.ts";
export { progressBar, type ProgressBarOptions } from "./lib/client/progress_bar.ts";
export { send } from "./lib/client/send.ts";
export { urlLoader, type UrlLoaderOptions } from "./lib/client/url_loader.ts";
export type { SessionCommand } from "./lib/dialogue/command.ts";
export type { SessionProtocol } from "./lib/dialogue/protocol.ts";
export { dkim } from "./lib/dkim/dkim.ts";
export type { DkimJwk } from "./lib/dkim/jwk.ts";
export type { DkimCryptoKey, DkimKey } from "./lib/dkim/key.ts";
export type { DkimCanonicalization, DkimSignature } from "./lib/dkim/options.ts";
export { type DkimRecord, dkimRecord, type DkimRecordOptions } from "./lib/dkim/record.ts";
export {
  AuthenticationError,
  ClosedError,
  ConfigError,
  type ConfigPlace,
  ConnectionError,
  type ConnectionErrorOptions,
  ContentError,
  type Fate,
  fateOf,
  InputError,
  type Phase,
  ProtocolError,
  type RefusedRecipient,
  RejectedError,
  ReplyError,
  type ReplyInfo,
  SmtpError,
  type SmtpErrorCode,
  type SmtpErrorOptions,
  TimeoutError,
  type TlsFailure,
  TokenError,
  type TokenErrorOptions,
  UnsupportedError,
} from "./lib/errors.ts";
export type { CommandReply } from "./lib/extensions/command_reply.ts";
export { deliverBy, type DeliverByOptions } from "./lib/extensions/deliver_by.ts";
export { dsn, type DsnNotify, type DsnOptions, type DsnRecipient } from "./lib/extensions/dsn.ts";
export {
  envelopeOption,
  type EnvelopeOptionAbout,
  type EnvelopeParameters,
  type ExtensionOffer,
  prefer,
} from "./lib/extensions/envelope_option.ts";
export { futureRelease, type FutureReleaseOptions } from "./lib/extensions/future_release.ts";
export { expn, help, vrfy } from "./lib/extensions/inquiry.ts";
export { lmtp } from "./lib/extensions/lmtp.ts";
export { mtPriority } from "./lib/extensions/mt_priority.ts";
export { prdr } from "./lib/extensions/prdr.ts";
export { requireTls } from "./lib/extensions/require_tls.ts";
export { xclient, type XclientAttributes } from "./lib/extensions/xclient.ts";
export { xforward, type XforwardAttributes } from "./lib/extensions/xforward.ts";
export type { Alternative } from "./lib/mime/alternatives.ts";
export type { AttachedMessage, Attachment, AttachmentAbout, NamedAttachment } from "./lib/mime/attachment.ts";
export type { AutoSubmitted } from "./lib/mime/auto_submitted.ts";
export type { CalendarInput, CalendarMethod } from "./lib/mime/calendar.ts";
export { compose, type Composed, type ComposeOptions } from "./lib/mime/compose.ts";
export {
  type Compose,
  composer,
  type ComposerOptions,
  type Transform,
  type TransformAbout,
} from "./lib/mime/composer.ts";
export type { Content } from "./lib/mime/content.ts";
export { embedDataUrls, type Embedded } from "./lib/mime/data_urls.ts";
export type { MessageToEnclose } from "./lib/mime/enclosed.ts";
export { type EntityOptions, mimeEntity, multipart } from "./lib/mime/entity.ts";
export type { Envelope } from "./lib/mime/envelope.ts";
export type {
  Deliver,
  EnvelopeOption,
  EnvelopeOptions,
  EnvelopePaths,
  GrantedOptions,
  OptionServer,
} from "./lib/mime/envelope_option.ts";
export { flowed, type FlowedOptions } from "./lib/mime/flowed.ts";
export type { ContentForm } from "./lib/mime/forms.ts";
export type { MailingList } from "./lib/mime/list_fields.ts";
export type { AttachmentLoader } from "./lib/mime/loader.ts";
export type { CustomFields, CustomFieldValue, EnvelopeInput, Message } from "./lib/mime/message.ts";
export type { Priority } from "./lib/mime/priority.ts";
export type { RawMessage } from "./lib/mime/raw.ts";
export { readRawMessage, type ReadRawMessageOptions } from "./lib/mime/read_raw_message.ts";
export { type Part, reusable } from "./lib/mime/reusable.ts";
export type { Signer } from "./lib/mime/signer.ts";
export type { Base64Content, ContentInput, ContentSource, OctetStream } from "./lib/mime/source.ts";
export { type Thread, threadOf, type ThreadParent } from "./lib/mime/thread.ts";
export {
  AssignmentFile,
  type LoadAssignmentFileOptions,
  type ParseAssignmentFileOptions,
} from "./lib/profile/assignment_file.ts";
export { type ConnectionString, parseConnectionString } from "./lib/profile/connection_string.ts";
export type { FileLoader } from "./lib/profile/file_loader.ts";
export { loadTlsProfile } from "./lib/profile/load_profile.ts";
export type { PemSource } from "./lib/profile/profile_values.ts";
export type { Secret } from "./lib/profile/secret.ts";
export { parseTlsProfile, type ParseTlsProfileOptions, type TlsProfile } from "./lib/profile/tls_profile.ts";
export { tlsProfile } from "./lib/profile/tls_profile_object.ts";
export { parseSmtpUrl, type SmtpUrl } from "./lib/profile/url.ts";
export type { Provider, ProviderLimits } from "./lib/providers/entry.ts";
export type { HostingProvider } from "./lib/providers/hosting.ts";
export type { MailboxProvider } from "./lib/providers/mailboxes.ts";
export { provider, type ProviderName, PROVIDERS, type ProviderTarget } from "./lib/providers/provider.ts";
export type { ServiceProvider } from "./lib/providers/services.ts";
export type { Attributes, OpenTelemetryMeter } from "./lib/observe/measures.ts";
export {
  openTelemetry,
  type OpenTelemetryApi,
  type OpenTelemetrySpan,
  type OpenTelemetrySpanContext,
  type OpenTelemetryTracer,
} from "./lib/observe/open_telemetry.ts";
export { type Dial, dial, type DialTarget } from "./lib/proxy/dial.ts";
export { httpConnect, type HttpConnectOptions } from "./lib/proxy/http_connect.ts";
export type { ProxyOptions, Resolve } from "./lib/proxy/options.ts";
export { socks4a, type Socks4aOptions } from "./lib/proxy/socks4a.ts";
export { socks5, type Socks5Options } from "./lib/proxy/socks5.ts";
export { connectionFrom, type ConnectionFromOptions, type OctetStreams } from "./lib/proxy/streams.ts";
export { proxy } from "./lib/proxy/url.ts";
export type { Road } from "./lib/runtime/road.ts";
export type {
  Connection,
  ConnectOptions,
  OpenFile,
  Runtime,
  TlsInfo,
  TlsLayer,
  TlsTarget,
} from "./lib/runtime/runtime.ts";
export { anonymous } from "./lib/sasl/anonymous.ts";
export type { TokenRequest, TokenSource } from "./lib/sasl/bearer.ts";
export {
  type Credentials,
  type CustomMechanism,
  type ExternalCredentials,
  oauth2,
  type PasswordCredentials,
  type PasswordMechanism,
  type TokenCredentials,
  type TokenMechanism,
} from "./lib/sasl/credentials.ts";
export type { Mechanism, MechanismContext } from "./lib/sasl/mechanism.ts";
export { ntlm, type NtlmOptions } from "./lib/sasl/ntlm.ts";
export { password, type PasswordOptions } from "./lib/sasl/password.ts";
export { serviceAccount, type ServiceAccountOptions } from "./lib/sasl/service_account.ts";
export { type CachedToken, cachedToken, type FreshToken, type TokenCacheOptions } from "./lib/sasl/token_cache.ts";
export type { TokenEndpointOptions } from "./lib/sasl/token_endpoint.ts";
export {
  clientCredentials,
  type ClientCredentialsOptions,
  refreshToken,
  type RefreshTokenOptions,
  type TokenClientOptions,
} from "./lib/sasl/token_sources.ts";
export { type Log, type LogAbout, protocolLog } from "./lib/session/log.ts";
export type {
  DeliveryBegun,
  DeliveryEnded,
  Exchanged,
  Happened,
  MessageBegun,
  MessageEnded,
  Observe,
  SessionBegun,
  SessionEnded,
  SessionOpened,
  SmtpEvent,
} from "./lib/session/observation.ts";
export type { SessionOptions, TlsMode } from "./lib/session/options.ts";
export type { OnProgress, Progress } from "./lib/session/progress.ts";
export type { FailedRecipients, Receipt } from "./lib/session/receipt.ts";
export type { SendOptions, WaitOptions } from "./lib/session/send_options.ts";
export { ServerMemory } from "./lib/session/server_memory.ts";
export { Session } from "./lib/session/session.ts";
export { DEFAULT_TIMEOUTS, RFC5321_TIMEOUTS, type Timeouts } from "./lib/session/timeouts.ts";
export type { WindowOptions } from "./lib/session/window.ts";
export type { CertificateName, TlsSettings, TlsVersion } from "./lib/tls_settings.ts";
export type { ServerLimits } from "./lib/wire/extension.ts";
