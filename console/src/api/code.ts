/** A code of the second factor, asked for in the middle of something: what was refused for want of it is sent again. */
import { computed, ref } from "vue";
import { Problem } from "./problem";

/** Refusals that a code does away with: it was given too long ago, or not in this session yet. */
const FOR_WANT_OF_A_CODE = ["second_factor_again", "second_factor_required"];

const waiting = ref<((isGiven: boolean) => void)[]>([]);

/** Whether somebody waits for a code that a person has to give. */
export const isCodeAsked = computed(() => waiting.value.length > 0);

/** Ask the person for a code, once for everything that waits for one. Resolves to whether it was given. */
export const askForCode = () => new Promise<boolean>((resolve) => waiting.value.push(resolve));

/** The code was given, or the person would not. */
export const settleCode = (isGiven: boolean) => waiting.value.splice(0).forEach((go) => go(isGiven));

/** Whether a code makes good what was refused. */
export const wantsCode = (reason: unknown) => reason instanceof Problem && FOR_WANT_OF_A_CODE.includes(reason.code);
