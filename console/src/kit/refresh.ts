import { useQueryClient } from "@tanstack/vue-query";

/** Has everything that pages show read anew, after something was done: what it changed is for the server to know. */
export function useRefresh() {
  const client = useQueryClient();
  return () => void client.invalidateQueries();
}
