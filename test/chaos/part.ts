import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

export interface PartOptions {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What it says when it is at work. */
  readonly ready: string;
}

/** A process that may be killed at any moment and started again. */
export class Part implements AsyncDisposable {
  readonly #options: PartOptions;
  #child: ChildProcess | undefined;
  log = "";

  constructor(options: PartOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.isRunning ? this.#child?.pid : undefined;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Another process of the same kind in the same place. */
  twin(): Part {
    return new Part(this.#options);
  }

  /** Settles when it is at work. Rejects when it ends before. */
  async start(): Promise<void> {
    const { argv, cwd, env, ready } = this.#options;
    const [program, ...args] = argv;
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let life = "";
    const listen = (chunk: Buffer) => {
      this.log = (this.log + chunk).slice(-200_000);
      life = (life + chunk).slice(-4_000);
      if (life.includes(ready)) resolve();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("close", () => reject(new Error(`${argv.join(" ")} ended:\n${life}`)));
    await promise;
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (!this.isRunning || this.#child === undefined) return;
    const gone = once(this.#child, "exit");
    this.#child.kill(signal);
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
