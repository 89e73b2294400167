/**
 * A value of a row as it is read: enums as tags, ids and what belongs to them as links, everything else as text.
 *
 * A page of 200 rows has thousands of these, so that it is a function: a component for each, with one more for its link,
 * takes the browser longer than everything else of the list.
 */
import { h, type FunctionalComponent } from "vue";
import { RouterLink, type RouteLocationRaw } from "vue-router";
import type { AnyRow, Field } from "@/kit/contract";
import { useLinks } from "@/kit/links";
import type { Target } from "@/kit/list/declare";
import ReferenceName from "./ReferenceName.vue";
import { NOTHING, shown } from "./show";
import { isState } from "./tones";
import ToneTag from "./ToneTag.vue";

interface Props {
  field: Field;
  row: AnyRow;
  /** The field whose id it leads to. */
  link?: string;
  about?: (row: AnyRow) => Target;
  show?: (row: AnyRow) => string;
  to?: RouteLocationRaw;
}

const ValueCell: FunctionalComponent<Props> = (props) => {
  const { field, row, show } = props;
  const value = row[field.name];
  if (typeof value === "string" && field.choices && isState(field.choices) && !show)
    return h(ToneTag, { choices: field.choices, value });
  const text = show ? show(row) : shown(field, value);
  // An id tells people nothing: it is called by its row's name.
  if (field.kind === "id" && value && !show) {
    if (!field.reference) return h("code", text);
    return h(ReferenceName, { id: String(value), reference: field.reference, to: targetOf(props) });
  }
  if (text === NOTHING) return h("span", { class: "nothing", "aria-label": "无" }, NOTHING);
  const to = targetOf(props);
  const said = h("bdi", text);
  return to ? h(RouterLink, { to }, () => said) : said;
};
ValueCell.props = ["field", "row", "link", "about", "show", "to"];
export default ValueCell;

function targetOf({ field, row, link, about, to }: Props): RouteLocationRaw | undefined {
  if (to) return to;
  const linkTo = useLinks();
  if (about) return linkTo(...about(row));
  const name = link ?? (field.reference ? field.name : undefined);
  return name ? linkTo(name.replace(/_id$/, ""), row[name]) : undefined;
}
