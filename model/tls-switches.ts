/** Variables by which common clients stop making sure whom they talk to. Nobody needs them here: a server name and a bundle are to be had instead. */

const OFF = /^(0|false|no|off|none|never|disabled?|ignore|optional)$/i;

/** A kind of switch by its name, and which values of it switch the check off. */
interface Switch {
  readonly name: RegExp;
  readonly isOff: (value: string) => boolean;
}

/** In what way libpq, MySQL and their like may take a server for another one: only these two look at the name. */
const WHOLE_CHECK = /^(verify[-_]full|verify[-_]identity)$/i;

const SWITCHES: readonly Switch[] = [
  // https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue, https://peps.python.org/pep-0493/
  { name: /^(NODE_TLS_REJECT_UNAUTHORIZED|PYTHONHTTPSVERIFY)$/, isOff: (value) => value !== "1" },
  // https://www.postgresql.org/docs/current/libpq-ssl.html
  { name: /SSL_?MODE$/, isOff: (value) => !WHOLE_CHECK.test(value) },
  {
    name: /(^|_)(INSECURE|INSECURE_(SKIP_VERIFY|TLS|SSL)|((TLS|SSL)_)?SKIP_(TLS_|SSL_)?(VERIFY|VERIFICATION)|(SSL_|TLS_)?NO_VERIFY|((TLS|SSL)_)?INSECURE|ALLOW_INVALID_(CERTIFICATES|HOSTNAMES)|TRUST_SERVER_CERTIFICATE|TRUST_ALL(_CERTIFICATES)?)$/,
    isOff: (value) => value !== "" && !OFF.test(value),
  },
  {
    name: /(^|_)((SSL|TLS|HTTPS|CERT|CERTIFICATE|HOSTNAME|PEER|HOST)_?(VERIFY|VERIFICATION|CHECK|VALIDATION|REJECT_UNAUTHORIZED)(_(MODE|PEER|HOST|HOSTNAME))?|VERIFY_?(SSL|TLS|CERTS?|CERTIFICATES?|PEER|HOST|HOSTNAME)|REJECT_UNAUTHORIZED)$/,
    isOff: (value) => OFF.test(value),
  },
];

/** In addresses and command lines, which any variable may hold. */
const INSIDE: readonly RegExp[] = [
  /\bsslmode=(?!verify[-_](full|identity)\b)[\w-]+/i,
  /\b(tls|ssl)?(insecure|skip_?verify|insecure_?skip_?verify|trust_?server_?certificate|tlsAllowInvalid(Certificates|Hostnames))=(1|true|yes)\b/i,
  /\b((ssl|tls)_?)?(verify|reject_?unauthorized)=(0|false|no|none)\b/i,
  /(^|\s)(--insecure|--no-check-certificate|--no-verify-ssl|--tls-skip-verify|--insecure-skip-tls-verify)\b/i,
];

/** Whether a variable has the name of such a switch, whatever its value. */
export const isTlsSwitch = (name: string): boolean => SWITCHES.some((one) => one.name.test(name));

/** Whether a variable keeps clients from making sure whom they talk to. */
export const switchesTlsOff = (name: string, value: string): boolean =>
  SWITCHES.some((one) => one.name.test(name) && one.isOff(value.trim())) || INSIDE.some((one) => one.test(value));
