// Search. The page is whole without it: everything is there and linked.
(() => {
  const $ = (id) => document.getElementById(id);
  const search = $("search"), only = $("only"), found = $("found");
  const items = [...document.querySelectorAll("[data-find]")];
  const groups = [...document.querySelectorAll("main [data-group]")];
  const entries = [...document.querySelectorAll("nav [data-for]")];
  const details = [...document.querySelectorAll("#findings details")];
  const pictures = [...document.querySelectorAll(".picture")];
  const MOST = 2000; // highlighted places; more than a reader looks at

  // What an item itself says: without its labels, and without the steps inside of it.
  const nodesOf = (item) => {
    const walker = document.createTreeWalker(item, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
      if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
      return node.matches("[data-find], dt, summary") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
    });
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    return nodes;
  };
  let known = null;
  const read = () => {
    known ??= items.map((item) => {
      const nodes = nodesOf(item);
      return { nodes, text: nodes.map((node) => node.data).join(" ").toLowerCase() };
    });
  };

  const highlight = (words, shown) => {
    if (!CSS.highlights) return;
    CSS.highlights.delete("found");
    if (words.length === 0) return;
    const ranges = [];
    for (const index of shown) {
      for (const node of known[index].nodes) {
        const text = node.data.toLowerCase();
        if (text.length !== node.data.length) continue; // a letter that has two in lower case: places would not fit
        for (const word of words) {
          for (let at = text.indexOf(word); at >= 0 && ranges.length < MOST; at = text.indexOf(word, at + word.length)) {
            const range = new Range();
            range.setStart(node, at);
            range.setEnd(node, at + word.length);
            ranges.push(range);
          }
        }
      }
      if (ranges.length >= MOST) break;
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  };

  const apply = () => {
    const words = wordsOf(search.value);
    const active = words.length > 0 || only.checked;
    const around = new Set(), shown = [], counts = { step: [0, 0], permission: [0, 0], finding: [0, 0], role: [0, 0] };
    if (active) read();
    for (let index = items.length - 1; index >= 0; index--) { // from the end: the steps of a loop before the loop
      const item = items[index], kind = item.dataset.find;
      const fits = !active || ((!only.checked || kind !== "step" || "findings" in item.dataset)
        && words.every((word) => known[index].text.includes(word)));
      counts[kind][0] += fits;
      counts[kind][1] += 1;
      item.hidden = !fits && !around.has(item);
      if (fits) shown.push(index);
      if (!item.hidden) around.add(item.parentElement.closest("[data-find]"));
    }
    for (const group of groups) group.hidden = active && !group.querySelector("[data-find]:not([hidden])");
    for (const entry of entries) entry.hidden = $(entry.dataset.for).hidden;
    for (const each of details) each.open = active;
    for (const each of pictures) each.hidden = active; // it shows all of the steps
    highlight(words, shown.reverse());
    const count = (kind) => `${counts[kind][0]} of ${counts[kind][1]} ${kind}s`;
    found.textContent = active ? `Shown: ${count("step")}, ${count("permission")}` : "";
  };

  searchable({ apply, resetFilter: () => { only.checked = false; } });
  $("only-label").hidden = !document.querySelector("[data-findings]");
})();
