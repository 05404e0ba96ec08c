import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { TLSSocket } from "node:tls";
import { Api, GrammyError, HttpError } from "grammy";

export interface TelegramConnection {
  readonly token: string;
  /** Default: Telegram's own. */
  readonly apiRoot?: string | undefined;
  /** For networks whose IPv6 leads nowhere. */
  readonly ipv4Only?: boolean | undefined;
  /** How long a connection may take to be made, its encryption included. */
  readonly connectTimeoutMs?: number | undefined;
}

/** The code of an error that says that no connection was made in time, and so nothing can have gone through it. */
export const connectTimeoutCode = "CONNECT_TIMEOUT";

/** Calls to Telegram. A connection that is not made in time fails, where the operating system would try for minutes. */
export function connectTelegram(connection: TelegramConnection): Api {
  const { token, apiRoot, ipv4Only = false, connectTimeoutMs = 10_000 } = connection;
  const options = { keepAlive: true, ...(ipv4Only && { family: 4 }) };
  const agent = apiRoot?.startsWith("http:") ? new HttpAgent(options) : new HttpsAgent(options);
  limitConnecting(agent, connectTimeoutMs);
  return new Api(token, { ...(apiRoot && { apiRoot }), baseFetchConfig: { agent } as object });
}

/** An agent's own `timeout` counts silence, of which a long poll has plenty; this one ends with the handshake. */
function limitConnecting(agent: HttpAgent, timeoutMs: number): void {
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = create(options, callback);
    if (socket == null) return socket;
    const timer = setTimeout(() => socket.destroy(connectTimeout(timeoutMs)), timeoutMs);
    for (const event of [socket instanceof TLSSocket ? "secureConnect" : "connect", "close"]) {
      socket.once(event, () => clearTimeout(timer));
    }
    return socket;
  };
}

function connectTimeout(timeoutMs: number): Error {
  return Object.assign(new Error(`No connection was made in ${timeoutMs / 1_000} s.`), { code: connectTimeoutCode });
}

/** What the connection of a failed call failed of, as the system's code; absent where one was made. */
export function connectionCode(error: unknown): string | undefined {
  const cause: unknown = error instanceof HttpError ? error.error : error;
  return cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
}

/** The number that Telegram refused a call with; absent where it did not answer. */
export function refusalCode(error: unknown): number | undefined {
  return error instanceof GrammyError ? error.error_code : undefined;
}
