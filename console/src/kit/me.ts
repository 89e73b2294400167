/** Who is signed in, and what they may do. The server decides; this is so that nobody is offered what is refused. */
import { storeToRefs } from "pinia";
import { computed } from "vue";
import { useSession } from "@/api/session";
import { choiceWord, operation, type Name } from "./contract";

const FOR_ALL = new Set(["public", "signed_in"]);

export function useMe() {
  const { account } = storeToRefs(useSession());
  const may = (permission: string) => FOR_ALL.has(permission) || permission in (account.value?.permissions ?? {});
  const mayUse = (name: Name) => may(operation(name).permission);
  const place = computed(() => account.value?.teaching_point_name ?? (account.value?.student_id ? "学生" : "学校"));
  const roles = computed(() => (account.value?.roles ?? []).map(({ role }) => choiceWord("Role", role)).join("、"));
  return { account, may, mayUse, place, roles };
}
