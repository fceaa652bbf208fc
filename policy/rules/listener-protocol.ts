import { expects } from "../frame/expectations.ts";
import { texts } from "../frame/options.ts";
import { corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { LISTENER_TYPES } from "../reading/load-balancers.ts";

export const listenerProtocol = rule({
  name: "listener-protocol",
  title: "Listeners speak protocols that PrivateLink carries",
  says: "A listener's protocol is one of those that are wanted.",
  why: "PrivateLink carries TCP and TLS; plain HTTP in front of a private service is read by everybody on the way.",
  severity: "medium",
  set: "baseline",
  topics: ["privatelink", "encryption"],
  references: [...corpai("step 2"), ...nist("CM-7", "SC-8")],
  url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html",
  fix: "Use TCP or TLS, or name the protocol in allowedProtocols of this rule.",
  options: { allowedProtocols: texts("Protocols that listeners may have", ["TCP", "TLS", "HTTPS"]) },
  types: LISTENER_TYPES,

  *resource(listener, { options: { allowedProtocols } }) {
    yield* expects(listener.text("protocol"), '"protocol"', (protocol) => allowedProtocols.includes(protocol), {
      absent: "and AWS then takes HTTP or HTTPS by the port",
      wrong: "is none that is allowed",
    });
  },
});
