import { type IssueChange, TrackerError } from "../../core/tracker.ts";
import { statesOf, type TrackerConnection } from "./adapter.ts";
import { folded } from "./normalise.ts";

/** A tracker that knows only two states. */
export interface NativeWorkflow {
  /** What it calls them. */
  readonly open: string;
  readonly closed: string;
  /** Whether labels that differ in case are two labels to it. */
  readonly labelsHaveCase: boolean;
}

interface Current {
  readonly state: string;
  /** In lower case, where the tracker sees no cases. */
  readonly labels: readonly string[];
}

export interface ChangeSteps {
  /** The tracker's own state, where it is another one now. */
  readonly state: string | undefined;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/**
 * The states of a tracker that knows only open and closed: every other state that the configuration names is a label on
 * an open issue.
 */
export class LabelWorkflow {
  readonly native: NativeWorkflow;
  /** In the order of the configuration; of several on one issue the last counts. */
  readonly labels: readonly string[];

  constructor(native: NativeWorkflow, connection: TrackerConnection) {
    this.native = native;
    const own = new Set([native.open, native.closed]);
    const others = statesOf(connection).map((state) => state.trim());
    this.labels = [...new Set(others)].filter((state) => !own.has(folded(state)));
    const unaskable = this.labels.find((state) => state.includes(","));
    if (unaskable === undefined) return;
    const sentence = `The state ${JSON.stringify(unaskable)} would be a label with a comma, which cannot be asked for.`;
    throw new TrackerError("invalid_tracker_config", `${sentence} Rename it.`);
  }

  stateOf({ state, labels }: Current): string {
    if (state !== this.native.open) return state;
    return this.labels.findLast((label) => labels.includes(this.#compared(label))) ?? state;
  }

  /** Which lists hold every issue in these states: the closed, all that are open, or those with a label. */
  listsFor(wanted: ReadonlySet<string>): { readonly state: string; readonly label?: string }[] {
    const { open, closed } = this.native;
    const asked = this.labels.filter((label) => wanted.has(folded(label)));
    return [
      ...(wanted.has(closed) ? [{ state: closed }] : []),
      ...(wanted.has(open) ? [{ state: open }] : asked.map((label) => ({ state: open, label }))),
    ];
  }

  /** What is to be done so that a change is so. Nothing that is so already. No spelling of a label that is to go stays. */
  stepsFor({ state, addLabels = [], removeLabels = [] }: IssueChange, now: Current): ChangeSteps {
    const target = state === undefined ? undefined : this.#target(state);
    const superseded = target === undefined ? [] : this.labels.filter((it) => it !== target.label);
    const add = [...addLabels, ...(target?.label === undefined ? [] : [target.label])];
    const remove = new Set([...removeLabels, ...superseded].map(folded));
    return {
      state: target?.native === now.state ? undefined : target?.native,
      add: add.filter((it) => !now.labels.includes(this.#compared(it))),
      remove: now.labels.filter((it) => remove.has(folded(it))),
    };
  }

  #compared(label: string): string {
    return this.native.labelsHaveCase ? label.trim() : folded(label);
  }

  #target(state: string): { readonly native: string; readonly label?: string } {
    const { open, closed } = this.native;
    const wanted = folded(state);
    if (wanted === open || wanted === closed) return { native: wanted };
    const label = this.labels.find((it) => folded(it) === wanted);
    if (label !== undefined) return { native: open, label };
    const known = [open, closed, ...this.labels].join(", ");
    throw new TrackerError(
      "invalid_tracker_config",
      `There is no state ${JSON.stringify(state)}. Configured are ${known}.`,
    );
  }
}
