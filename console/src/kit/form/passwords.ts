/** One-time passwords in an answer, which are shown once. */
export interface ShownPassword {
  username: string;
  password: string;
  expires_at: string;
}

const isPassword = (value: unknown): value is ShownPassword =>
  typeof value === "object" && value !== null && "password" in value && "username" in value;

/** All of them, wherever they stand in the answer. */
export function passwordsIn(answer: unknown): ShownPassword[] {
  if (isPassword(answer)) return [answer];
  if (typeof answer !== "object" || answer === null) return [];
  return Object.values(answer).flatMap(passwordsIn);
}
