import type { Answer } from "@/api/operations";

/** A city in which teaching points recruit. */
export type City = Answer<"enrollment.GetSignupCities">["items"][number];
/** Teaching points that recruit, the nearest first. */
export type Points = Answer<"enrollment.GetPointsOfCity">["items"];
