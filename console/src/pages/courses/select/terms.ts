/** The suggested terms that there are among courses, the first first. */
export const termsOf = (courses: readonly { suggested_term: number }[]): number[] =>
  [...new Set(courses.map(({ suggested_term }) => suggested_term))].sort((one, other) => one - other);
