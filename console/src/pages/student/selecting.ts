/** Selecting courses: tried first, so that a student sees what would come of it, then done. */
import { ref, shallowRef } from "vue";
import { call, type Answer } from "@/kit/contract";
import { sentenceOf } from "@/kit/feedback/problems";
import { useSending } from "@/kit/form/sending";

type Results = Answer<"courses.SelectCourses">["results"];

export function useSelecting(student_id: string) {
  const { sending, problem, send } = useSending("courses.SelectCourses");
  const tried = shallowRef<Results>();
  const done = shallowRef<Results>();
  const trying = ref(false);
  const wrong = ref("");

  const asked = (selection_round_id: string, course_ids: string[]) => ({ student_id, selection_round_id, course_ids });

  async function attempt(round: string, courses: string[]) {
    tried.value = done.value = undefined;
    wrong.value = "";
    trying.value = true;
    try {
      tried.value = (await call("courses.SelectCourses", { ...asked(round, courses), dry_run: true })).results;
    } catch (error) {
      wrong.value = sentenceOf(error);
    }
    trying.value = false;
  }

  /** Select what the trial let through. */
  async function select(round: string) {
    const good = (tried.value ?? [])
      .filter(({ refusals = [] }) => refusals.length === 0)
      .map(({ course_id }) => course_id);
    const answer = (await send(asked(round, good))) as Answer<"courses.SelectCourses"> | undefined;
    done.value = answer?.results;
    wrong.value = problem.value ? sentenceOf(problem.value) : "";
  }
  return { tried, done, trying, sending, wrong, attempt, select };
}
