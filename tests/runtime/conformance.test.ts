import { runtime } from "#runtime";
import { describeRuntime } from "./conformance.ts";

describeRuntime(runtime);
