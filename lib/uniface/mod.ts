/**
 * SMTP with status codes: the operations, codes and configuration of Uniface's UPOPMAIL, for programs that come from there.
 *
 * @module
 */
export type { AddressItems } from "./address_items.ts";
export { type AttachmentList, HEADER_LABELS, type HeaderLabel, type HeaderList, type HeaderValue } from "./mail.ts";
export type { OptionList } from "./option_list.ts";
export type { UPopMailOptions } from "./options.ts";
export type { RecipientDetail, RecipientDetails } from "./recipient_details.ts";
export type { InlineInformation, SmtpResponse } from "./results.ts";
export { type DriverParameters, SECURITY_ENTRY_POINTS } from "./security_driver.ts";
export type { SecurityInformation } from "./security_operations.ts";
export type { SendOptionList } from "./send_options.ts";
export { STATUS } from "./status.ts";
export {
  describeStatus,
  STATUS_MEANINGS,
  type StatusMeaning,
  type StatusMeanings,
  type UPopMailOperation,
} from "./status_meanings.ts";
export { UPopMail } from "./upopmail.ts";
