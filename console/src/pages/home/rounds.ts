/** The rounds that are open now, with what ends when. */
import { computed } from "vue";
import { useOpenRounds } from "@/kit/rounds";

/** The selection rounds that are open, as soon as that is known; the first is the one that closes first. */
export function useSelectionRounds() {
  const open = useOpenRounds("courses.ListSelectionRounds");
  const rounds = computed(() =>
    [...open.rounds.value].sort((one, other) => one.closes_at.localeCompare(other.closes_at)),
  );
  return { ...open, rounds };
}
