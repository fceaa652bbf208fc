import { undecided, violation } from "../../../policy/frame/finding.ts";
import { listenerProtocol } from "../../../policy/rules/listener-protocol.ts";
import { describeRule } from "../support/table.ts";

describeRule(listenerProtocol, {
  type: "aws:lb/listener:Listener",
  sound: { protocol: "TCP" },
  absent: [violation('"protocol" is not set, and AWS then takes HTTP or HTTPS by the port')],
  cases: {
    "refuses plain HTTP": { set: { protocol: "HTTP" }, finds: [violation('"protocol" is none that is allowed')] },
    "can be told other protocols": { set: { protocol: "UDP" }, options: { allowedProtocols: ["UDP"] } },
    "cannot decide while it is not known": {
      unknown: ["protocol"],
      finds: [undecided('"protocol" is not known yet', "Give it as a plain value.")],
    },
  },
});
