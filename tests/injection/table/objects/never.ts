/** Objects that nothing is tried with, and why. @module */

/** Types of which a caller makes none, or whose keys are not read by this rule, and why. */
export const NO_SUBJECT: readonly (readonly [types: RegExp, why: string])[] = [
  [
    /^(?:Road|Runtime|Connect|Connection|TlsInfo|TlsLayer|OpenFile)\b/,
    "the caller's own platform: functions, and what they take",
  ],
  [/^(?:ConnectOptions|Connection\.|Runtime\.|TlsLayer\.)/, "likewise"],
  [/^OctetStreams$/, "a pair of streams, as platforms make them"],
  [/^(?:AttachmentLoader|Signer|Mechanism)$/, "functions of the caller's, called as methods of what has them"],
  [/^(?:MechanismContext|TokenRequest|OptionServer|LogAbout|BulkProgress)$/, "what a function of the caller's is told"],
  [/^(?:ProfileValues|PemSource|ConfigPlace|new TlsProfile|new SmtpUrl)/, "made by the parsers"],
  [/^(?:ResolvedOptions|Window|EarlyOffer|Content|Mailbox)$/, "made by the library"],
  [
    /^new \w+Error\(|Error(?:Options)?$|^(?:ReplyInfo|RefusedRecipient|SmtpErrorOptions|\w+ErrorOptions)$/,
    "an error that a caller makes is the caller's",
  ],
  [/^OpenTelemetry/, "a module of another package"],
  [
    /^(?:Session(?:Begun|Opened|Ended)|Happened|Delivery(?:Begun|Ended)|Message(?:Begun|Ended)|Exchanged|Receipt|FailedRecipients)$/,
    "what somebody who watches is told",
  ],
  [/^DkimCryptoKey/, "the platform's"],
  [/^DkimJwk$/, "a key as others write it, with members that no signature needs; tests/unit/dkim/key.test.ts"],
  [/^ConnectionFromOptions\.peer$/, "for the text of an error"],
];
