/**
 * SMTP with status codes: the operations, codes and configuration of Uniface's UPOPMAIL, for programs that come from there.
 *
 * @module
 */
export type { AddressItems } from "./address_items.ts";
export { type AttachmentList, HEADER_LABELS, type HeaderLabel, type HeaderList, type HeaderValue } from "./mail.ts";
export type { UPopMailOptions } from "./options.ts";
export { type DriverParameters, SECURITY_ENTRY_POINTS } from "./security_driver.ts";
export { describeStatus, STATUS, STATUS_MEANINGS, type UPopMailOperation } from "./status.ts";
export { type SecurityInformation, type SmtpResponse, UPopMail } from "./upopmail.ts";
