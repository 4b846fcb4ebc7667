import { runtime } from "#runtime";
import { describeTls } from "./conformance_tls.ts";

describeTls(runtime);
