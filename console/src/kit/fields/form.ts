/** What the fields of one form share: what is wrong where, and the ids of their controls. */
import { inject, provide, type InjectionKey, type Ref } from "vue";

export interface FormContext {
  /** Dotted path of a field → what is wrong with it. */
  errors: Readonly<Ref<Readonly<Record<string, string>>>>;
  id: string;
}

const KEY: InjectionKey<FormContext> = Symbol("form");

export const provideForm = (context: FormContext) => provide(KEY, context);

export function useForm(): FormContext {
  const context = inject(KEY);
  if (!context) throw new Error("a field outside of a form");
  return context;
}

/** What every control is given, to be known by its label, its hint and what is wrong with it. */
export interface ControlAttributes {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
  "aria-required"?: true;
}
