"use strict";
// What the search fields of all pages do; `apply` shows what fits, `resetFilter` turns the page's own filter off. A page is whole without it.
const searchable = ({ apply, resetFilter }) => {
  const search = document.getElementById("search");
  const clear = () => {
    search.value = "";
    resetFilter();
    apply();
  };
  // A link may lead to what the search hides: then the search is cleared.
  const reveal = (hash) => {
    const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
    if (target && target.closest("[hidden]")) clear();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link) reveal(link.hash);
  });
  addEventListener("hashchange", () => reveal(location.hash));
  search.addEventListener("input", apply);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
  });
  document.getElementById("only").addEventListener("change", apply);
  document.getElementById("search-bar").hidden = false;
};
const wordsOf = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
