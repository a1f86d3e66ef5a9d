// Search and filter. The page is whole without it: everything is there and linked.
(() => {
  const $ = (id) => document.getElementById(id);
  const search = $("search"), only = $("only"), found = $("found");
  const rows = [...document.querySelectorAll("[data-row]")];
  const accounts = [...document.querySelectorAll("[data-find=account]")];
  const sections = [...document.querySelectorAll("#unjoined, #idle, #unread")];
  let known = null;
  const read = () => {
    const texts = new Map();
    for (const row of rows) {
      const card = $(row.dataset.row);
      texts.set(row, (card ? card.textContent : row.dataset.text).toLowerCase());
    }
    for (const account of accounts) texts.set(account, account.textContent.toLowerCase());
    return texts;
  };

  const apply = () => {
    const words = wordsOf(search.value);
    const active = words.length > 0 || only.value !== "";
    if (active) known ??= read();
    const fits = (item) => !active
      || ((only.value === "" || item.dataset.is.split(" ").includes(only.value)) && words.every((word) => known.get(item).includes(word)));
    const show = (items) => {
      let count = 0;
      for (const item of items) {
        const shown = fits(item);
        item.hidden = !shown;
        const card = item.dataset.row && $(item.dataset.row);
        if (card) card.hidden = !shown;
        count += shown;
      }
      return `${count} of ${items.length}`;
    };
    const counts = `Shown: ${show(rows)} roles, ${show(accounts)} accounts`;
    for (const section of sections) section.hidden = active;
    found.textContent = active ? counts : "";
  };

  searchable({ apply, resetFilter: () => { only.value = ""; } });
})();
