import { useQuery } from "@tanstack/vue-query";
import { computed } from "vue";
import { good, http } from "@/api/http";

/** The providers that people may sign in by; none as long as that is not known. */
export function useSignInOptions() {
  const { data } = useQuery({
    queryKey: ["identity.GetSignInOptions"],
    queryFn: async ({ signal }) => (await good(http.GET("/api/v1/sign-in-options", { signal }))).data.items,
  });
  return computed(() => data.value ?? []);
}
