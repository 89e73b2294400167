/** How close rows stand; remembered on this device. */
import { ref, watchEffect, type Ref } from "vue";
import { remembered } from "@/kit/remembered";

export type Density = "comfortable" | "compact";

const kept = remembered<Density>("density");
const density: Ref<Density> = ref(kept.read() ?? "comfortable");

/** The density, which lists and forms follow. */
export function useDensity(): Ref<Density> {
  watchEffect(() => {
    document.documentElement.dataset.density = density.value;
    kept.write(density.value);
  });
  return density;
}
