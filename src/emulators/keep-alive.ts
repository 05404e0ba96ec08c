/** Milliseconds, as of an ordinary web server. Node's own 5,000 end a quiet connection under a client's next call. */
export const keepAliveTimeout = 75_000;
