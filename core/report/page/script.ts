/**
 * What the page does beyond being read: the ranked table is searched and sorted. Without it, everything is there, in the
 * order of the ranks. No value of the run goes into the script, so that its hash is that of this text.
 */
export const script = `
const table = document.getElementById("ranked");
const body = table.tBodies[0];
const rows = Array.from(body.rows);
const search = document.getElementById("search");
const passing = document.getElementById("passing");
const shown = document.getElementById("shown");
const naturally = new Intl.Collator("en", { numeric: true });

const textOf = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
const valueOf = (row, column) => {
  const cell = row.cells[column];
  return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
};
const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : naturally.compare(a, b));

const filter = () => {
  const words = search.value.toLowerCase().split(/\\s+/).filter((word) => word !== "");
  let count = 0;
  for (const row of rows) {
    const fits = words.every((word) => textOf.get(row).includes(word));
    row.hidden = !fits || (passing !== null && passing.checked && row.dataset.passes !== "yes");
    if (!row.hidden) count++;
  }
  shown.textContent = count.toLocaleString("en") + " of " + rows.length.toLocaleString("en") + " shown";
};

const sort = (header) => {
  const descending = header.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const column = header.cellIndex;
  const sign = descending ? -1 : 1;
  rows.sort((a, b) => sign * compare(valueOf(a, column), valueOf(b, column)));
  body.append(...rows);
};

for (const button of table.tHead.querySelectorAll("button"))
  button.addEventListener("click", () => sort(button.closest("th")));
search.addEventListener("input", filter);
if (passing !== null) passing.addEventListener("change", filter);
document.getElementById("controls").hidden = false;
filter();
`;
