// Offers the tags there are while somebody types one. Without it, the field takes names all the same.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  for (const field of document.querySelectorAll("input[data-tags]")) {
    const list = document.createElement("datalist");
    list.id = `${field.id}-offered`;
    field.after(list);
    field.setAttribute("list", list.id);
    field.autocomplete = "off";
    let asked = "";

    field.addEventListener("input", async () => {
      const end = field.value.lastIndexOf(",") + 1;
      const before = field.value.slice(0, end) + (end ? " " : "");
      const typed = field.value.slice(end).trim();
      if (typed === asked) return;
      asked = typed;
      if (!typed) {
        list.replaceChildren();
        return;
      }
      const answer = await fetch(`${field.dataset.tags}?q=${encodeURIComponent(typed)}`);
      // Somebody may have typed on while the answer was under way.
      if (!answer.ok || asked !== typed) return;
      const { names } = await answer.json();
      list.replaceChildren(
        ...names.map((name) => Object.assign(document.createElement("option"), { value: before + name })),
      );
    });
  }
});
