/** Who is signed in, and what they may do. The server decides; this is so that nobody is offered what is refused. */
import { storeToRefs } from "pinia";
import { computed } from "vue";
import { useSession } from "@/api/session";
import { choice, operation, type Name } from "./contract";

/** Whether somebody may use an operation: for each cell of a table, which needs no more of them. */
export function useMayUse(): (name: Name) => boolean {
  const session = useSession();
  return (name) => session.may(operation(name).permission);
}

export function useMe() {
  const session = useSession();
  const { account } = storeToRefs(session);
  const mayUse = useMayUse();
  const place = computed(() => account.value?.teaching_point_name ?? (account.value?.student_id ? "学生" : "学校"));
  const isStudent = computed(() => !!account.value?.student_id);
  const roles = computed(() => (account.value?.roles ?? []).map(({ role }) => choice("Role", role)).join("、"));
  return { account, isStudent, may: session.may, mayUse, place, roles };
}
