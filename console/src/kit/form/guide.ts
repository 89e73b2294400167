/** What a page knows of a form beside the contract, from what is in it so far: the form tells that by `entered`. */
import type { Options } from "@/kit/list/narrow";
import type { Errors } from "./check";
import type { Draft } from "./draft";

export interface Guide {
  /** What fields are chosen from, by their names. */
  options?: Readonly<Record<string, Options | undefined>>;
  /** What follows from what was entered. It is filled in when it becomes known or another; people may change it. */
  follows?: Draft;
  /** What is wrong as it stands, by paths: told at once, and not sent. */
  wrong?: Errors;
}

/** Fields that stand together below a heading. */
export interface Section {
  /** The form's slot below its fields. */
  name: string;
  title: string;
  fields: readonly string[];
}

/** Of what follows, what has not followed before: whatever people changed since stays as it is. */
export const newIn = (follows: Draft, before: Draft): Draft =>
  Object.fromEntries(Object.entries(follows).filter(([name, value]) => value !== before[name]));
