// Puts an editor in the place of the field that holds an article's text. The field keeps what it
// says: while the editor stands, its HTML is in the hidden field "rich", and "written" says so.
// Where this script does not come to its end, the field is what it was, and is what is sent.
//
// The editor is the bundle of django-prose-editor, fetched by the address in data-writing: its
// own widget names it by an import map inside the page, which our policy forbids, and lets it
// write a style sheet into the page, which the policy forbids as well (injectCSS).

// A page in another language brings its words along (words-*.js); they stand in globalThis.portalWords.
const gettext = (words) => globalThis.portalWords?.[words] ?? words;
const interpolate = (words, values) => words.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

const area = document.querySelector("textarea[data-writing]");
if (area) {
  begin(area);
}

async function begin(area) {
  const form = area.form;
  const rich = form.elements.rich;
  const kit = await import(area.dataset.writing);
  const place = document.createElement("div");
  place.className = "writing";
  const label = form.querySelector(`label[for="${area.id}"]`);
  const editor = new kit.Editor({
    element: place,
    injectCSS: false,
    extensions: shapes(kit),
    content: rich.value,
    // White space is the writer's: what an imported page says stays as it is.
    parseOptions: { preserveWhitespace: "full" },
    editorProps: {
      attributes: {
        "aria-label": label ? label.textContent.replace(/:\s*$/, "") : gettext("Text"),
        "aria-multiline": "true",
        role: "textbox",
        class: "writing-text",
        dir: "auto",
      },
      transformPastedHTML: tidyPaste,
    },
    onUpdate({ editor }) {
      // A field would make a line break of it; in HTML it is what it is.
      rich.value = editor.getHTML().replaceAll("\r", "&#13;");
    },
  });
  area.before(place);
  place.prepend(toolbar(editor));
  area.hidden = true;
  area.disabled = true;
  form.elements.written.value = "rich";
  const help = document.getElementById(`${area.id}_helptext`);
  if (help) {
    help.hidden = true;
  }
  label?.addEventListener("click", () => editor.view.focus());
}

function shapes(kit) {
  const { Node } = kit;
  const line = { content: "inline*", defining: true };
  const quote = Node.create({
    name: "quote",
    group: "block",
    content: "quoteWords quoteSpeaker",
    isolating: true,
    parseHTML: () => [{ tag: "figure.quote" }, { tag: "blockquote" }],
    renderHTML: () => ["figure", { class: "quote" }, 0],
    addKeyboardShortcuts() {
      return { Enter: () => leaveLine(this.editor) };
    },
  });
  const quoteWords = Node.create({
    ...line,
    name: "quoteWords",
    parseHTML: () => [{ tag: "blockquote", context: "quote/", priority: 60 }],
    renderHTML: () => ["blockquote", 0],
  });
  const quoteSpeaker = Node.create({
    ...line,
    name: "quoteSpeaker",
    parseHTML: () => [{ tag: "figcaption", context: "quote/" }],
    renderHTML: () => ["figcaption", 0],
  });
  const pullQuote = Node.create({
    ...line,
    name: "pullQuote",
    group: "block",
    parseHTML: () => [{ tag: "p.pull-quote", priority: 60 }],
    renderHTML: () => ["p", { class: "pull-quote" }, 0],
  });
  const embed = Node.create({
    name: "embed",
    group: "block",
    atom: true,
    addAttributes: () => ({ url: {}, title: {} }),
    parseHTML: () => [
      {
        tag: "figure.embed",
        priority: 60,
        getAttrs(figure) {
          const link = figure.querySelector("a");
          return link ? { url: link.getAttribute("href"), title: link.textContent } : false;
        },
      },
    ],
    renderHTML: ({ node }) => [
      "figure",
      { class: "embed" },
      ["a", { href: node.attrs.url }, node.attrs.title],
    ],
  });
  // What is no matter of words: it is moved and taken out as a whole.
  const kept = Node.create({
    name: "kept",
    group: "block",
    atom: true,
    addAttributes: () => ({ block: {}, told: {} }),
    parseHTML: () => [
      {
        tag: "div[data-block]",
        priority: 60,
        getAttrs: (div) => ({ block: div.dataset.block, told: div.textContent }),
      },
    ],
    renderHTML: ({ node }) => ["div", { "data-block": node.attrs.block }, node.attrs.told],
  });
  return [
    kit.Document,
    kit.Paragraph,
    kit.Text,
    kit.HardBreak,
    kit.Bold,
    kit.Italic,
    kit.Heading.configure({ levels: [2, 3, 4] }),
    kit.BulletList,
    kit.OrderedList,
    kit.ListItem,
    kit.Link.configure({ openOnClick: false, enableTarget: false, autolink: false }),
    kit.Table.configure({ resizable: false }),
    kit.TableRow,
    kit.TableHeader,
    kit.TableCell,
    kit.UndoRedo,
    kit.Gapcursor,
    kit.Dropcursor,
    quote,
    quoteWords,
    quoteSpeaker,
    pullQuote,
    embed,
    kept,
  ];
}

// Enter in a quotation leads to its speaker, and from there out of it.
function leaveLine(editor) {
  const { $from } = editor.state.selection;
  if ($from.parent.type.name === "quoteWords") {
    return editor.commands.setTextSelection($from.after() + 1);
  }
  if ($from.parent.type.name === "quoteSpeaker") {
    const behind = $from.after($from.depth - 1);
    return editor
      .chain()
      .insertContentAt(behind, { type: "paragraph" })
      .setTextSelection(behind + 1)
      .run();
  }
  return false;
}

function toggleQuote(editor) {
  const { $from } = editor.state.selection;
  if (editor.isActive("quote")) {
    const depth = $from.node(-1).type.name === "quote" ? $from.depth - 1 : $from.depth;
    const parts = $from.node(depth).toJSON().content.filter((part) => part.content);
    const lines = parts.map((part) => ({ type: "paragraph", content: part.content }));
    const range = { from: $from.before(depth), to: $from.after(depth) };
    editor.chain().insertContentAt(range, lines).run();
  } else if ($from.depth === 1 && $from.parent.isTextblock) {
    const words = { type: "quoteWords", content: $from.parent.toJSON().content ?? [] };
    const range = { from: $from.before(), to: $from.after() };
    const speaker = range.from + $from.parent.nodeSize + 2;
    editor
      .chain()
      .insertContentAt(range, { type: "quote", content: [words, { type: "quoteSpeaker" }] })
      .setTextSelection($from.parent.content.size ? speaker : range.from + 2)
      .run();
  }
}

// What word processors put around words. Styles would breach the policy as soon as anything reads
// them, so they are told from the tags, as text; what they say of weight and slant is kept.
function tidyPaste(html) {
  const bare = html
    .replace(/<style[\s>][^]*?<\/style>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
  const page = new DOMParser().parseFromString(bare, "text/html");
  tidyLists(page);
  for (const element of page.querySelectorAll("[data-style]")) {
    const style = element.dataset.style;
    element.removeAttribute("data-style");
    const isBold = /font-weight:\s*(bold|[6-9]00)/.test(style);
    const isSlanted = /font-style:\s*(italic|oblique)/.test(style);
    if (element.matches("b, strong") && /font-weight:\s*(normal|[1-5]00)/.test(style)) {
      // Google Docs wraps all that it copies into a <b> that is not bold.
      element.replaceWith(...element.childNodes);
    } else if (element.matches("span") && (isBold || isSlanted)) {
      const inside = page.createElement(isBold ? "strong" : "em");
      inside.append(...element.childNodes);
      if (isBold && isSlanted) {
        const slanted = page.createElement("em");
        slanted.append(...inside.childNodes);
        inside.append(slanted);
      }
      element.replaceWith(inside);
    }
  }
  return page.body.innerHTML;
}

// Word's bullets are text in a paragraph.
function tidyLists(page) {
  let list = null;
  for (const line of page.querySelectorAll("p[class*=MsoListParagraph]")) {
    for (const mark of line.querySelectorAll("[data-style*='mso-list:Ignore']")) {
      mark.remove();
    }
    if (!list || list.nextElementSibling !== line) {
      list = page.createElement("ul");
      line.before(list);
    }
    const point = page.createElement("li");
    point.append(...line.childNodes);
    list.append(point);
    line.remove();
  }
}

function toolbar(editor) {
  const bar = document.createElement("div");
  bar.className = "writing-bar";
  const buttons = document.createElement("div");
  buttons.className = "writing-buttons";
  buttons.setAttribute("role", "toolbar");
  buttons.setAttribute("aria-label", gettext("Form of the text"));
  const panel = document.createElement("div");
  panel.className = "writing-panel";
  panel.hidden = true;
  bar.append(buttons, panel);
  const run = (name, ...values) => () => editor.chain()[name](...values).run();
  const heading = (level) => [
    interpolate(gettext("Heading %(level)s"), { level }),
    run("toggleHeading", { level }),
    () => editor.isActive("heading", { level }),
  ];
  const active = (name) => () => editor.isActive(name);
  const items = [
    [gettext("Bold"), run("toggleBold"), active("bold")],
    [gettext("Italic"), run("toggleItalic"), active("italic")],
    [gettext("Link"), () => askLink(editor, panel), active("link")],
    heading(2),
    heading(3),
    heading(4),
    [gettext("List"), run("toggleBulletList"), active("bulletList")],
    [gettext("Numbers"), run("toggleOrderedList"), active("orderedList")],
    [gettext("Quote"), () => toggleQuote(editor), active("quote")],
    [gettext("Pull quote"), run("toggleNode", "pullQuote", "paragraph"), active("pullQuote")],
    [gettext("Table"), run("insertTable", { rows: 3, cols: 2, withHeaderRow: true }), active("table")],
    [gettext("Embed"), () => askEmbed(editor, panel)],
    [gettext("Picture"), () => askPicture(editor, panel)],
    [gettext("Undo"), run("undo")],
    [gettext("Redo"), run("redo")],
  ];
  const inTable = [
    [gettext("Row below"), run("addRowAfter")],
    [gettext("Column behind"), run("addColumnAfter")],
    [gettext("Delete row"), run("deleteRow")],
    [gettext("Delete column"), run("deleteColumn")],
    [gettext("Delete table"), run("deleteTable")],
  ];
  const pressed = [];
  for (const [name, act, isActive] of [...items, ...inTable]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    // The words stay chosen, and what is typed next goes to them at once: the editor's own
    // command for this waits for the next frame.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      editor.view.focus();
      act();
    });
    if (isActive) {
      pressed.push([button, isActive]);
    }
    buttons.append(button);
  }
  const ofTable = [...buttons.children].slice(items.length);
  const show = () => {
    for (const [button, isActive] of pressed) {
      button.setAttribute("aria-pressed", String(Boolean(isActive())));
    }
    for (const button of ofTable) {
      button.hidden = !editor.isActive("table");
    }
  };
  editor.on("transaction", show);
  show();
  return bar;
}

function askLink(editor, panel) {
  const address = editor.getAttributes("link").href ?? "";
  ask(panel, editor, [[gettext("Address"), address, "url"]], ([href]) => {
    const chain = editor.chain().extendMarkRange("link");
    return (href ? chain.setLink({ href }) : chain.unsetLink()).run();
  });
}

function askEmbed(editor, panel) {
  const fields = [[gettext("Address"), "", "url"], [gettext("Title"), "", "text"]];
  ask(panel, editor, fields, ([url, title]) => {
    if (!/^https?:\/\/[^/\s]/.test(url) || !title) {
      return false;
    }
    return editor.chain().insertContent({ type: "embed", attrs: { url, title } }).run();
  });
}

// By its number, as in the list of pictures; the server says where there is none.
function askPicture(editor, panel) {
  ask(panel, editor, [[gettext("Number"), "", "number"]], ([number]) => {
    if (!/^[1-9][0-9]{0,14}$/.test(number)) {
      return false;
    }
    const block = JSON.stringify({ picture: Number(number), type: "picture" });
    const attrs = { block, told: interpolate(gettext("[picture %(number)s]"), { number }) };
    return editor.chain().insertContent({ type: "kept", attrs }).run();
  });
}

// Asks for a line or two under the buttons; Enter says yes, Escape no.
function ask(panel, editor, fields, answer) {
  const inputs = fields.map(([name, value, type]) => {
    const input = document.createElement("input");
    input.type = type;
    input.value = value;
    const label = document.createElement("label");
    label.append(`${name} `, input);
    return [label, input];
  });
  const close = () => {
    panel.hidden = true;
    panel.replaceChildren();
    editor.view.focus();
  };
  const done = () => {
    const values = inputs.map(([, input]) => input.value.trim());
    editor.view.focus();
    if (answer(values)) {
      close();
    } else {
      inputs[0][1].focus();
    }
  };
  const button = (name, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = name;
    made.addEventListener("click", act);
    return made;
  };
  panel.replaceChildren(
    ...inputs.map(([label]) => label),
    button(gettext("Set"), done),
    button(gettext("Cancel"), close),
  );
  panel.onkeydown = (event) => {
    if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      done();
    } else if (event.key === "Escape") {
      close();
    }
  };
  panel.hidden = false;
  inputs[0][1].focus();
}
