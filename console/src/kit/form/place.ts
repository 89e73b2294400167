/** Where the server's problems belong: to the field that each is about, as far inside as the form shows fields. */
import type { FieldProblem } from "@/api/problem";
import type { Errors } from "./check";

export interface Placed {
  errors: Errors;
  /** What is about no field that the form shows. */
  rest: string[];
}

/** The innermost path that the form shows: what is wrong with an id of a list is shown at the list. */
function shownAt(path: string, isShown: (path: string) => boolean): string | undefined {
  for (let here = path; here !== ""; here = here.replace(/(^|\.)[^.]*$/, "")) if (isShown(here)) return here;
  return undefined;
}

/** Problems at their fields. Several of one field are one text. */
export function placed(problems: readonly FieldProblem[], isShown: (path: string) => boolean): Placed {
  const errors: Errors = {};
  const rest: string[] = [];
  for (const { path, title, message } of problems) {
    const place = shownAt(path, isShown);
    if (place === undefined) rest.push(title ? `${title}：${message}` : message);
    else if (!errors[place]?.includes(message)) errors[place] = [errors[place], message].filter(Boolean).join(" ");
  }
  return { errors, rest };
}
